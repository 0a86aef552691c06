import { expect, it } from 'vitest';
import { cornersOf, neighbourEdges } from '../../src/render/neighbours.ts';

const GOLDEN = (1 + Math.sqrt(5)) / 2;

const solids = {
  tetrahedron: [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ],
  octahedron: [1, -1].flatMap((sign) => [
    [sign, 0, 0],
    [0, sign, 0],
    [0, 0, sign],
  ]),
  cube: [1, -1].flatMap((x) => [1, -1].flatMap((y) => [1, -1].map((z) => [x, y, z]))),
  icosahedron: [1, -1].flatMap((one) =>
    [GOLDEN, -GOLDEN].flatMap((long) => [
      [0, one, long],
      [one, long, 0],
      [long, 0, one],
    ]),
  ),
};

/** x, y, z, unused per point. */
function positionsOf(places: number[][]): Float32Array {
  return Float32Array.from(places.flatMap((place) => [...place, 0]));
}

it.each([
  ['tetrahedron', 6],
  ['octahedron', 12],
  ['cube', 12],
  ['icosahedron', 30],
] as const)('a %s has %i edges', (name, edges) => {
  const places = solids[name];
  expect(neighbourEdges(positionsOf(places), [...places.keys()])).toHaveLength(2 * edges);
});

it('joins what is near to both ends alone', () => {
  const places = [
    [0, 0, 0],
    [1, 0, 0],
    [4, 0, 0],
  ];
  expect(neighbourEdges(positionsOf(places), [0, 1, 2])).toEqual([0, 1]);
});

it('gives up on a thicket', () => {
  const places = Array.from({ length: 65 }, (_, x) => [x, 0, 0]);
  expect(neighbourEdges(positionsOf(places), [...places.keys()].slice(1))).not.toEqual([]);
  expect(neighbourEdges(positionsOf(places), [...places.keys()])).toEqual([]);
});

it('takes one point of each hue for a corner', () => {
  expect(cornersOf(Float32Array.of(0, 0, 0.5, 0.5, 0.25))).toEqual([0, 2, 4]);
});
