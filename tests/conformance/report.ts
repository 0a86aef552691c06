import { assert } from 'vitest';
import type { Report } from './checks.ts';

/** Fails the test with every failure of a report, one per line. */
export function expectNoFailures({ checks, failures }: Report): void {
  const lines = failures.map(
    ({ case: name, what, expected, got, tolerance }) =>
      `${name}\n    ${what}: expected ${expected}, got ${got}, tolerance ${tolerance}`,
  );
  assert(failures.length === 0, `${failures.length} of ${checks} checks failed:\n${lines.join('\n')}`);
  assert(checks > 0, 'nothing was checked');
}
