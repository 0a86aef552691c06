import { html } from '../../scenes/parts/html.ts';
import { setAttributes, svg } from '../../scenes/parts/svg.ts';
import { meanOffDiagonal } from '../../simulation/geometry/centroids.ts';
import type { Geometry } from '../../simulation/geometry/measure.ts';
import { formatMeasure, withMinus } from '../../values/format.ts';
import type { ShowPage } from '../notebook.ts';
import { follow, problemLine } from './follow.ts';

/** A number of the cloud, and what it says in one line. */
interface Measurement {
  name: string;
  explanation: string;
  value(geometry: Geometry): string;
  /** A picture of it, drawn anew into the same element. */
  draw?(picture: SVGSVGElement, geometry: Geometry): void;
}

const measure = (value: number | undefined) => (value === undefined ? '–' : formatMeasure(value));

const MEASUREMENTS: readonly Measurement[] = [
  {
    name: 'Cosines',
    explanation: 'How alike pairs of points are: positives, and negatives. Apart is what a loss is after.',
    value: ({ positives, negatives }) => `${measure(positives.mean)} · ${measure(negatives.mean)}`,
    draw: drawHistograms,
  },
  {
    name: 'Singular values',
    explanation:
      'Spread along the principal axes, largest first. Those that fall to 0 are dimensions that went unused.',
    value: ({ singularValues }) => `${measure(singularValues[0])} … ${measure(singularValues.at(-1))}`,
    draw: drawSpectrum,
  },
  {
    name: 'Effective rank',
    explanation: 'How many axes the cloud fills: exp of the entropy of the singular values. 0 is one point.',
    value: ({ effectiveRank, singularValues }) => `${effectiveRank.toFixed(2)} of ${singularValues.length}`,
  },
  {
    name: 'Neighbour accuracy',
    explanation: 'The share of points that their nearest neighbours name rightly. A ring has no names.',
    value: ({ neighbourAccuracy, voters }) =>
      neighbourAccuracy === undefined ? '–' : `${(100 * neighbourAccuracy).toFixed(1)} % (k = ${voters})`,
  },
  {
    name: 'Effective negatives',
    explanation:
      'How many negatives an anchor really feels: exp of the entropy of its softmax over them. Falls with the temperature.',
    value: ({ softmax }) =>
      softmax ? `${softmax.effectiveNegatives.toFixed(1)} of ${softmax.negatives}` : '–',
  },
  {
    name: 'Softmax entropy',
    explanation: 'In nats, mean over the anchors. ln of their number: all negatives count alike.',
    value: ({ softmax }) => measure(softmax?.entropy),
  },
  {
    name: 'Gradient signal to noise',
    explanation:
      'The gradient of all pairs, beside how far a mini-batch strays from it. Below 1 a step is mostly chance; a full batch strays nowhere.',
    value: ({ signalToNoise }) =>
      signalToNoise === undefined || Number.isNaN(signalToNoise)
        ? '–'
        : signalToNoise === Infinity
          ? 'full batch'
          : formatMeasure(signalToNoise),
  },
  {
    name: 'Hubness',
    explanation:
      'Skew of how often a point is among the 10 nearest of others. High: a few are near to everybody.',
    value: ({ hubness }) => measure(hubness),
  },
  {
    name: 'Class centroids',
    explanation:
      'Cosines between the classes’ mean directions. SupCon takes them to −1/(K − 1), if there is room.',
    value: ({ centroidCosines, classes }) =>
      centroidCosines
        ? `mean ${measure(meanOffDiagonal(centroidCosines))}, simplex ${measure(-1 / (classes - 1))}`
        : '–',
    draw: drawCentroids,
  },
];

/** What the cloud looks like, in numbers, measured with the run's own kernels at a pace that leaves it its time. */
export const showGeometryPage: ShowPage = (page, { observatory, closing }) => {
  const problem = problemLine();
  const caption = html('p', 'fine', 'Being measured …');
  const rows = MEASUREMENTS.map((measurement) => {
    const value = html('output', '', '–');
    // Live regions that speak every second are a nuisance; these can be read at any time.
    value.setAttribute('aria-live', 'off');
    const picture = measurement.draw && svg('svg', { role: 'img', 'aria-label': measurement.name });
    const element = html(
      'div',
      'measurement',
      html('h3', '', measurement.name, value),
      html('p', '', measurement.explanation),
      ...(picture ? [picture] : []),
    );
    return { measurement, value, picture, element };
  });
  page.append(
    html('h2', '', 'What the cloud looks like'),
    caption,
    problem,
    ...rows.map(({ element }) => element),
  );
  void follow(
    closing,
    () => observatory.moment,
    async () => {
      const cloud = await observatory.look();
      if (!cloud) return;
      const geometry = await observatory.ask({ about: 'geometry' }, cloud);
      if (closing.aborted) return;
      caption.textContent = `At step ${geometry.step.toLocaleString('en')}, of ${geometry.points.toLocaleString('en')} points.`;
      for (const { measurement, value, picture } of rows) {
        value.textContent = measurement.value(geometry);
        if (picture) measurement.draw?.(picture, geometry);
      }
    },
    problem,
  );
};

const WIDTH = 320;
const HEIGHT = 64;

function canvas(picture: SVGSVGElement, height = HEIGHT): void {
  picture.replaceChildren();
  setAttributes(picture, { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: 'none' });
}

/** Positives above negatives, over cosines from -1 to 1, each with the same greatest height. */
function drawHistograms(picture: SVGSVGElement, { positives, negatives }: Geometry): void {
  canvas(picture);
  for (const [name, { shares }] of Object.entries({ negatives, positives })) {
    const most = Math.max(...shares, 1e-9);
    const width = WIDTH / shares.length;
    shares.forEach((share, bin) => {
      const height = (share / most) * HEIGHT;
      if (height === 0) return;
      picture.append(svg('rect', { class: name, x: bin * width, y: HEIGHT - height, width, height }));
    });
  }
  picture.append(svg('line', { class: 'axis', x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT }));
  picture.setAttribute(
    'aria-label',
    withMinus(
      `Cosines from -1 to 1: positives around ${formatMeasure(positives.mean)}, negatives around ${formatMeasure(negatives.mean)}`,
    ),
  );
}

function drawSpectrum(picture: SVGSVGElement, { singularValues }: Geometry): void {
  canvas(picture, 40);
  const most = Math.max(singularValues[0], 1e-9);
  const width = WIDTH / singularValues.length;
  singularValues.forEach((value, rank) => {
    const height = (value / most) * 40;
    const gap = Math.min(2, width / 4);
    picture.append(
      svg('rect', { class: 'bar', x: rank * width, y: 40 - height, width: width - gap, height }),
    );
  });
}

/** classes x classes: blue where two point the same way, orange where they point apart. */
function drawCentroids(picture: SVGSVGElement, { centroidCosines, classes }: Geometry): void {
  picture.replaceChildren();
  picture.classList.toggle('empty', !centroidCosines);
  if (!centroidCosines) return;
  setAttributes(picture, { viewBox: `0 0 ${classes} ${classes}`, class: 'matrix' });
  centroidCosines.forEach((cosine, index) => {
    const cell = svg('rect', {
      class: cosine < 0 ? 'apart' : 'together',
      x: index % classes,
      y: Math.floor(index / classes),
      width: 0.94,
      height: 0.94,
      'fill-opacity': Math.abs(cosine).toFixed(2),
    });
    const title = svg('title');
    title.textContent = `Classes ${Math.floor(index / classes) + 1} and ${(index % classes) + 1}: ${formatMeasure(cosine)}`;
    cell.append(title);
    picture.append(cell);
  });
}
