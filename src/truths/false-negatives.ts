import { arePositives, labelsOf, temperatureOf } from '../simulation/geometry/cloud.ts';
import { settingsOf, simplex } from './configurations.ts';
import { meanLoss } from './tolerances.ts';
import { equal } from './truth.ts';
import type { Truth } from './truth.ts';

/** Truth 14. */
export const falseNegatives: Truth = {
  number: 14,
  name: 'False negatives',
  sentence:
    'With K even classes and no labels, about (N - 1)/K of the others that an anchor pushes are of its own class. Taking their share off again, (E_u - p E+) / (1 - p), leaves the mean over the true negatives, exactly.',
  source: 'Chuang et al. 2020, Debiased Contrastive Learning, section 3',
  watches: 'cloud',
  applies(configuration) {
    const { values } = settingsOf(configuration);
    const { kind, classes, points } = configuration.start.dataset;
    return kind === 'classes' && classes > 1 && points >= 4 * classes && temperatureOf(values) !== undefined;
  },
  async evaluate(engine, { start, hyperparameters, embeddings, step }) {
    const { dataset, dimension } = start;
    const { points, classes } = dataset;
    const { values } = settingsOf({ start, hyperparameters, step });
    const temperature = temperatureOf(values)!;
    const labels = labelsOf(dataset)!;
    const similarity = await engine.similarity({ dimension, embeddings, labels });

    // Of one anchor, shifted by its largest logit, which cancels.
    const isPositive = arePositives(dataset);
    const others = Array.from({ length: points - 1 }, (_, other) => other + 1);
    const largest = others.reduce((most, other) => Math.max(most, similarity[other]), -1);
    const meanOf = (some: number[]) =>
      some.reduce((sum, other) => sum + Math.exp((similarity[other] - largest) / temperature), 0) /
      some.length;
    const positives = others.filter((other) => isPositive(0, other));
    const prior = positives.length / others.length;
    const corrected = (meanOf(others) - prior * meanOf(positives)) / (1 - prior);
    const negatives = meanOf(others.filter((other) => !isPositive(0, other)));
    return [
      equal('others of its own class that an anchor meets', positives.length, (points - 1) / classes, 1),
      equal(
        'the corrected mean, beside that of the true negatives',
        corrected,
        negatives,
        1e-9 + 1e-9 * meanOf(others),
      ),
      await correctedLoss(engine, temperature),
    ];
  },
};

/**
 * Four classes, each one point, told apart by pair only: an anchor's partner is all that the loss has to estimate its
 * class by, and here it is exact. The debiased loss is then that of the true negatives.
 */
async function correctedLoss(engine: Parameters<Truth['evaluate']>[0], temperature: number) {
  const [classes, members, dimension] = [4, 6, 3];
  const corners = simplex(classes, dimension);
  const points = classes * members;
  const embeddings = Float32Array.from(
    { length: points * dimension },
    (_, index) => corners[(Math.floor(index / dimension) % classes) * dimension + (index % dimension)],
  );
  // Points i and i + classes are of one class: partners.
  const labels = Uint32Array.from(
    { length: points },
    (_, point) => (point % classes) * members + Math.floor(Math.floor(point / classes) / 2),
  );
  const met = points - 2;
  const positivePrior = (members - 2) / met;
  const { loss } = await engine.evaluate(
    { kind: 'debiased', temperature, positivePrior },
    { dimension, embeddings, labels },
  );
  const expected = Math.log1p(met * Math.exp((-1 / (classes - 1) - 1) / temperature));
  const tolerance = Math.max(meanLoss(engine.backend, expected, 1 / temperature), 1e-6);
  return equal('debiased loss of collapsed classes, without labels', loss, expected, tolerance);
}
