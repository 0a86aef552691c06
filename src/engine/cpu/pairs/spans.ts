import { PADDING } from './relation.ts';
import type { Side } from './plan.ts';
import type { Range } from './ranges.ts';
import { GRAIN } from './tile.ts';

/** The least and the largest label of every GRAIN points: where two spans are apart, no label can match. */
export class Spans {
  private readonly least: Int32Array;
  private readonly most: Int32Array;

  constructor({ buffer }: WebAssembly.Memory, { labels, padded }: Side) {
    const own = new Int32Array(buffer, labels, padded);
    this.least = new Int32Array(padded / GRAIN).fill(2 ** 31 - 1);
    this.most = new Int32Array(padded / GRAIN).fill(-(2 ** 31));
    own.forEach((label, point) => {
      const grain = Math.floor(point / GRAIN);
      this.least[grain] = Math.min(this.least[grain], label);
      this.most[grain] = Math.max(this.most[grain], label);
    });
  }

  /** Whether no point of the rows, none of which may be padding, can carry the label of one of the columns. */
  isApart(rows: Range, others: Spans, columns: Range): boolean {
    const [least, most] = this.ends(rows);
    const [leastOther, mostOther] = others.ends(columns);
    return least > PADDING && (most < leastOther || least > mostOther);
  }

  private ends({ first, count }: Range): [least: number, most: number] {
    let least = 2 ** 31 - 1;
    let most = -(2 ** 31);
    for (let grain = first / GRAIN; grain < (first + count) / GRAIN; grain++) {
      least = Math.min(least, this.least[grain]);
      most = Math.max(most, this.most[grain]);
    }
    return [least, most];
  }
}
