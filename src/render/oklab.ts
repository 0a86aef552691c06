/** Red, green and blue of sRGB, 0 to 1 each, gamma-encoded as CSS and canvases expect them. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Lightness 0 to 1, then green-red and blue-yellow: Ottosson 2020, A perceptual color space for image processing. */
export type Oklab = readonly [lightness: number, a: number, b: number];

/** The sRGB colour, or undefined where the screen cannot show it. */
export function rgbOfOklab([lightness, a, b]: Oklab): Rgb | undefined {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
  if (linear.some((channel) => channel < 0 || channel > 1)) return undefined;
  return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
}

export function oklabOfRgb(colour: Rgb): Oklab {
  const [red, green, blue] = linearOfRgb(colour);
  const long = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const medium = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const short = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  ];
}

/** Light intensities, proportional to what the screen emits. */
export function linearOfRgb([red, green, blue]: Rgb): Rgb {
  return [decode(red), decode(green), decode(blue)];
}

/** Distance in OKLab: about 0.02 is the least that is seen between large patches. */
export function difference(first: Oklab, second: Oklab): number {
  return Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]);
}

function encode(intensity: number): number {
  return intensity <= 0.0031308 ? 12.92 * intensity : 1.055 * intensity ** (1 / 2.4) - 0.055;
}

function decode(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
