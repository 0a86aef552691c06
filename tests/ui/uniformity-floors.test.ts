import { describe, expect, it } from 'vitest';
import { uniformity } from '../../src/simulation/metrics.ts';
import { findPreset, presets, presetState } from '../../src/ui/presets.ts';
import type { State } from '../../src/ui/state.ts';
import { uniformityFloors } from '../../src/ui/uniformity-floors.ts';

const golden = (1 + Math.sqrt(5)) / 2;
const signs = [-1, 1];
const axes = [0, 1, 2];

/** The corners of the solids, as a run would have them. */
const corners: Record<string, number[][]> = {
  tetrahedron: [
    [1, 1, 1],
    [1, -1, -1],
    [-1, 1, -1],
    [-1, -1, 1],
  ],
  octahedron: axes.flatMap((axis) => signs.map((sign) => axes.map((other) => (other === axis ? sign : 0)))),
  icosahedron: axes.flatMap((axis) =>
    signs.flatMap((a) =>
      signs.map((b) => {
        const corner = [0, a, b * golden];
        return axes.map((other) => corner[(other + axis) % 3]);
      }),
    ),
  ),
};

const solid = presetState(findPreset('platonic-solid')!);
const names = (state: State) => uniformityFloors(state).map(({ name }) => name);

describe('the floors of uniformity', () => {
  it.each([
    [8, 'tetrahedron'],
    [12, 'octahedron'],
    [24, 'icosahedron'],
  ])('of %i points in pairs is what is measured of a %s', (points, name) => {
    const places = Float32Array.from(corners[name].flat());
    expect(uniformityFloors({ ...solid, points })).toEqual([
      { name, value: expect.closeTo(uniformity(places, 3), 6) },
    ]);
  });

  it('of few places on a circle is what is measured of even steps', () => {
    const places = Float32Array.from(
      Array.from({ length: 5 }, (_, step) => 0.4 * Math.PI * step).flatMap((angle) => [
        Math.cos(angle),
        Math.sin(angle),
      ]),
    );
    expect(uniformityFloors({ ...solid, points: 10, dimension: 2 })[0].value).toBeCloseTo(
      uniformity(places, 2),
      6,
    );
  });

  it('are named for what the present run can come to', () => {
    expect(Object.fromEntries(presets.map((preset) => [preset.key, names(presetState(preset))]))).toEqual({
      'spread-out': ['sphere'],
      classes: ['tetrahedron'],
      collapse: [],
      'encoder-collapse': [],
      'no-negatives': [],
      'dimensional-collapse': ['sphere', 'circle'],
      'low-temperature': [],
      'platonic-solid': ['icosahedron'],
    });
  });

  it('are none where nothing spreads the points evenly, or where the lowest is not known', () => {
    expect(names({ ...solid, points: 16 })).toEqual([]);
    expect(names({ ...solid, points: 1024, dimension: 16 })).toEqual([]);
    expect(names({ ...solid, parameters: { normalize: false } })).toEqual([]);
    expect(names({ ...solid, loss: 'triplet-margin', parameters: {} })).toEqual([]);
    expect(names({ ...solid, data: 'ring' })).toEqual([]);
  });
});
