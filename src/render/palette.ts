import { difference, rgbOfOklab, type Oklab, type Rgb } from './oklab.ts';

export type ThemeName = 'light' | 'dark';

export interface Theme {
  background: Rgb;
  /** The unit circle, or the sphere. */
  guide: Rgb;
  /** Around a point that is marked. */
  highlight: Rgb;
}

export const themes: Record<ThemeName, Theme> = {
  light: { background: rgb('#fbfbfd'), guide: rgb('#596273'), highlight: rgb('#11151c') },
  dark: { background: rgb('#0f1218'), guide: rgb('#a3b0c6'), highlight: rgb('#ffffff') },
};

/**
 * For few classes: the order of Okabe and Ito 2008 (Color Universal Design), with lightness and chroma searched per
 * theme for the widest spacing as seen by normal, deuteranope and protanope eyes, at a contrast of 3:1 or more.
 */
const categorical: Record<ThemeName, Rgb[]> = {
  light: ['#324ac4', '#cb750e', '#04a383', '#a31074', '#0088c0', '#910d25', '#7b6500', '#9774ff'].map(rgb),
  dark: ['#5f70f5', '#f0a008', '#63eeae', '#cc3482', '#01a4da', '#e15601', '#f2e021', '#e1beff'].map(rgb),
};

/**
 * For many classes: a ring in OKLab. It is tilted, greens lighter than the reds that a deuteranope takes for them, and
 * as colourful as the screen allows.
 */
const ring: Record<ThemeName, { lightness: number; tilt: number; chroma: number }> = {
  light: { lightness: 0.54, tilt: 0.09, chroma: 0.17 },
  dark: { lightness: 0.72, tilt: 0.12, chroma: 0.16 },
};
const RING_COLOURS = 128;
const LIGHTEST_HUE = (150 / 180) * Math.PI;

/** Which row of the colour table each point takes. */
export interface ColourAssignment {
  indices: Uint32Array;
  /** Whether the table is the categorical one: at most 8 different hues. */
  categorical: boolean;
}

/** Equal hues get equal colours; up to 8 different hues get colours that are told apart at a glance. */
export function assignColours(hues: Float32Array): ColourAssignment {
  const different = new Set<number>();
  for (const hue of hues) {
    different.add(hue);
    if (different.size > categorical.light.length) {
      const onRing = (value: number) => Math.round(value * RING_COLOURS) % RING_COLOURS;
      return { indices: Uint32Array.from(hues, onRing), categorical: false };
    }
  }
  const rank = new Map([...different].toSorted((a, b) => a - b).map((hue, index) => [hue, index]));
  return { indices: Uint32Array.from(hues, (hue) => rank.get(hue)!), categorical: true };
}

export function colourTable(assignment: Pick<ColourAssignment, 'categorical'>, theme: ThemeName): Rgb[] {
  return assignment.categorical ? categorical[theme] : (evenRings[theme] ??= evenRing(theme));
}

/** The colour `fraction` of the way from one to the other, as blending on a canvas computes it. */
export function mix(from: Rgb, to: Rgb, fraction: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * fraction,
    from[1] + (to[1] - from[1]) * fraction,
    from[2] + (to[2] - from[2]) * fraction,
  ];
}

const evenRings: Partial<Record<ThemeName, Rgb[]>> = {};

/** Walks the ring in fine steps, then takes colours at equal distances along the walk. */
function evenRing(theme: ThemeName): Rgb[] {
  const fine = Array.from({ length: 8 * RING_COLOURS }, (_, step) =>
    ringColour(theme, (2 * Math.PI * step) / (8 * RING_COLOURS)),
  );
  const walked = [0];
  fine.forEach((colour, step) =>
    walked.push(walked[step] + difference(colour, fine[(step + 1) % fine.length])),
  );
  const total = walked[fine.length];
  const colours: Rgb[] = [];
  for (let step = 0; step < fine.length; step++) {
    if (walked[step] >= (total * colours.length) / RING_COLOURS) colours.push(rgbOfOklab(fine[step])!);
  }
  return colours;
}

/** The most colourful colour of this hue up to the ring's chroma that a screen can show. */
function ringColour(theme: ThemeName, hue: number): Oklab {
  const { lightness, tilt, chroma } = ring[theme];
  const tilted = lightness + tilt * Math.cos(hue - LIGHTEST_HUE);
  const at = (c: number): Oklab => [tilted, c * Math.cos(hue), c * Math.sin(hue)];
  let colour = chroma;
  while (!rgbOfOklab(at(colour))) colour -= 0.001;
  return at(colour);
}

function rgb(hex: string): Rgb {
  const channel = (start: number) => Number.parseInt(hex.slice(start, start + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}
