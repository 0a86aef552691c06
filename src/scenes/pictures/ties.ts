/**
 * The positive graph: which pictures are positives of each other. In a link it is one whole number, a bit per pair of
 * pictures.
 */
export const PICTURES = 8;

export type Ties = number;

function bitOf(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return 2 ** ((high * (high - 1)) / 2 + low);
}

export function areTied(ties: Ties, a: number, b: number): boolean {
  return a !== b && Math.floor(ties / bitOf(a, b)) % 2 === 1;
}

/** With the tie between two pictures cut, or added where there was none. */
export function withToggled(ties: Ties, a: number, b: number): Ties {
  if (a === b) return ties;
  return areTied(ties, a, b) ? ties - bitOf(a, b) : ties + bitOf(a, b);
}

export function tiesOf(pairs: readonly (readonly [number, number])[]): Ties {
  return pairs.reduce((ties, [a, b]) => (areTied(ties, a, b) ? ties : withToggled(ties, a, b)), 0);
}

/** Every tie once, the smaller number first. */
export function pairsOf(ties: Ties): [number, number][] {
  const everyone = Array.from({ length: PICTURES }, (_, picture) => picture);
  return everyone.flatMap((b) =>
    everyone
      .slice(0, b)
      .filter((a) => areTied(ties, a, b))
      .map((a): [number, number] => [a, b]),
  );
}

/** All ties that there can be. */
export const ALL_TIES = 2 ** ((PICTURES * (PICTURES - 1)) / 2) - 1;

/** Two views of each thing. */
export const TWO_VIEWS = tiesOf([
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
]);

/** Everybody tied to the next: connected, with as few ties as that takes. */
export const CHAIN = tiesOf(Array.from({ length: PICTURES - 1 }, (_, picture) => [picture, picture + 1]));

/** Connected pieces of the graph: how many blobs are left where only ties pull. */
export function countPieces(ties: Ties): number {
  const piece = Array.from({ length: PICTURES }, (_, picture) => picture);
  for (const [a, b] of pairsOf(ties)) {
    const [from, to] = [piece[a], piece[b]];
    piece.forEach((of, picture) => {
      if (of === from) piece[picture] = to;
    });
  }
  return new Set(piece).size;
}
