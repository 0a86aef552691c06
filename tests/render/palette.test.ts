import { describe, expect, test } from 'vitest';
import { difference, linearOfRgb, oklabOfRgb, rgbOfOklab } from '../../src/render/oklab.ts';
import type { Rgb } from '../../src/render/oklab.ts';
import { assignColours, colourTable, themes } from '../../src/render/palette.ts';

const themeNames = ['light', 'dark'] as const;

/** WCAG 2.2. */
function contrast(first: Rgb, second: Rgb): number {
  const ratio = (luminance(first) + 0.05) / (luminance(second) + 0.05);
  return Math.max(ratio, 1 / ratio);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = linearOfRgb(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Machado, Oliveira and Fernandes 2009, at full severity, on linear light. */
const deuteranopia = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];

function asDeuteranopeSees(colour: Rgb): Rgb {
  const light = linearOfRgb(colour);
  const [red, green, blue] = deuteranopia.map((row) => {
    const seen = row[0] * light[0] + row[1] * light[1] + row[2] * light[2];
    return 1.055 * Math.min(1, Math.max(0.0031308, seen)) ** (1 / 2.4) - 0.055;
  });
  return [red, green, blue];
}

function leastDifference(colours: readonly Rgb[]): number {
  const places = colours.map(oklabOfRgb);
  return Math.min(
    ...places.flatMap((place, index) => places.slice(index + 1).map((other) => difference(place, other))),
  );
}

describe.each(themeNames)('%s theme', (theme) => {
  const { background, guide, highlight } = themes[theme];
  const few = colourTable({ categorical: true }, theme);
  const many = colourTable({ categorical: false }, theme);

  test('every colour of a point stands out from the background, 3:1 or more', () => {
    for (const colour of [...few, ...many, guide, highlight]) {
      expect(contrast(colour, background)).toBeGreaterThanOrEqual(3);
    }
  });

  test('the eight colours are told apart, by a deuteranope too', () => {
    expect(few).toHaveLength(8);
    expect(leastDifference(few)).toBeGreaterThan(0.1);
    expect(leastDifference(few.map(asDeuteranopeSees))).toBeGreaterThan(0.08);
  });

  test('twelve colours around the ring are told apart, by a deuteranope too', () => {
    const twelve = Array.from({ length: 12 }, (_, pair) => many[Math.round((pair / 12) * many.length)]);
    expect(leastDifference(twelve)).toBeGreaterThan(0.06);
    expect(leastDifference(twelve.map(asDeuteranopeSees))).toBeGreaterThan(0.02);
  });

  test('the ring is even and closed', () => {
    const places = many.map(oklabOfRgb);
    const steps = places.map((place, index) => difference(place, places[(index + 1) % places.length]));
    expect(places).toHaveLength(128);
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.6);
  });
});

describe('assigning colours', () => {
  test('equal hues get one colour, different hues of few get different ones', () => {
    const { indices, categorical } = assignColours(new Float32Array([0.5, 0, 0.5, 0.25, 0]));
    expect(categorical).toBe(true);
    expect([...indices]).toEqual([2, 0, 2, 1, 0]);
  });

  test('nine hues go around the ring, where 1 is 0 again', () => {
    const hues = Float32Array.from({ length: 9 }, (_, index) => index / 8);
    const { indices, categorical } = assignColours(hues);
    expect(categorical).toBe(false);
    expect([...indices]).toEqual([0, 16, 32, 48, 64, 80, 96, 112, 0]);
  });
});

test('OKLab and back', () => {
  for (const colour of [...colourTable({ categorical: true }, 'dark'), themes.light.guide]) {
    const back = rgbOfOklab(oklabOfRgb(colour))!;
    back.forEach((channel, index) => expect(channel).toBeCloseTo(colour[index], 5));
  }
  expect(rgbOfOklab([0.6, 0.4, 0])).toBeUndefined();
});
