/** One thing that was not as it should be. */
export interface Failure {
  case: string;
  what: string;
  expected: string;
  got: string;
  tolerance: string;
}

/** What a group of cases found: how many comparisons it made, and those that failed. Small enough to leave a page. */
export interface Report {
  checks: number;
  failures: Failure[];
}

/** Collects comparisons instead of throwing at the first that fails, and needs no test runner. */
export class Checks implements Report {
  checks = 0;
  readonly failures: Failure[] = [];
  /** The case that the comparisons belong to. */
  case = '';

  /** |got - expected| <= tolerance; NaN fails. */
  near(what: string, got: number | undefined, expected: number, tolerance: number): void {
    this.checks++;
    if (got === expected || Math.abs((got ?? Number.NaN) - expected) <= tolerance) return;
    this.fail(what, String(expected), String(got), `± ${tolerance.toExponential(2)}`);
  }

  /** Element by element, each with its own tolerance; reports the element that is farthest out. */
  allNear(
    what: string,
    got: ArrayLike<number> | undefined,
    expected: ArrayLike<number>,
    tolerance: (index: number) => number,
  ): void {
    this.checks++;
    if (got?.length !== expected.length) {
      this.fail(what, `${expected.length} numbers`, got ? `${got.length} numbers` : 'nothing');
      return;
    }
    let worst = -1;
    let worstExcess = 1;
    for (let index = 0; index < expected.length; index++) {
      const error = Math.abs(got[index] - expected[index]);
      if (error <= tolerance(index)) continue;
      const excess = Number.isNaN(error) ? Infinity : error / tolerance(index);
      if (worst < 0 || excess > worstExcess) {
        worst = index;
        worstExcess = excess;
      }
    }
    if (worst < 0) return;
    this.fail(
      `${what}[${worst}]`,
      String(expected[worst]),
      String(got[worst]),
      `± ${tolerance(worst).toExponential(2)}`,
    );
  }

  /** The very same bits: numbers, strings, or arrays of numbers. */
  same(what: string, got: unknown, expected: unknown): void {
    this.checks++;
    if (ArrayBuffer.isView(got) && ArrayBuffer.isView(expected)) {
      const [left, right] = [got, expected].map(
        (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength),
      );
      const differs = left.findIndex((byte, index) => byte !== right[index]);
      if (left.length === right.length && differs < 0) return;
      this.fail(what, 'the same bytes', `other bytes from byte ${differs} on`);
      return;
    }
    if (!Object.is(got, expected)) this.fail(what, String(expected), String(got));
  }

  true(what: string, condition: boolean, got: unknown): void {
    this.checks++;
    if (!condition) this.fail(what, 'true', String(got));
  }

  /** The error that `work` rejects with; a failure when it does not reject. */
  async rejection(what: string, work: () => Promise<unknown>): Promise<unknown> {
    this.checks++;
    try {
      await work();
    } catch (error) {
      return error;
    }
    this.fail(what, 'a rejection', 'a result');
    return undefined;
  }

  /** Notes an error that nobody expected. */
  threw(error: unknown): void {
    this.fail('an unexpected error', 'none', String(error));
  }

  private fail(what: string, expected: string, got: string, tolerance = 'none'): void {
    this.failures.push({ case: this.case, what, expected, got, tolerance });
  }
}
