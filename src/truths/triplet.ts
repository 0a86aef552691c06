import type { Engine } from '../engine/engine.ts';
import { copies, settingsOf } from './configurations.ts';
import { equal } from './truth.ts';
import type { Truth } from './truth.ts';

/** So far before or behind its margin a triplet is placed. */
const STEP = 0.01;

/** Single precision places points of about 1. */
const TOLERANCE = 1e-6;

/** Truth 12. */
export const tripletMargin: Truth = {
  number: 12,
  name: 'Triplets and their margin',
  sentence:
    'A triplet costs nothing, and has no gradient, exactly where its negative is farther than its positive by the margin. A collapsed set costs the margin, ln 2 where it is soft. Semi-hard triplets lie within the margin.',
  source: 'Schroff et al. 2015, FaceNet',
  watches: 'settings',
  applies(configuration) {
    const { loss, values } = settingsOf(configuration);
    return loss.kind === 'triplet-margin' && Number(values.margin) > 0;
  },
  async evaluate(engine, cloud) {
    const margin = Number(settingsOf(cloud).values.margin);
    const kept = await triplet(engine, margin, 1 + margin + STEP);
    const short = await triplet(engine, margin, 1 + margin - STEP);
    const steepest = kept.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const within = await triplet(engine, margin, 1 + margin / 2, 'semi-hard');
    const nearer = await triplet(engine, margin, 0.9, 'semi-hard');
    return [
      equal(`loss where the margin is kept by ${STEP}`, kept.loss, 0, 0),
      equal('and its gradient', steepest, 0, 0),
      equal(`loss ${STEP} short of the margin`, short.loss, STEP, TOLERANCE * (1 + margin)),
      equal('semi-hard triplets within the margin', within.count, 2, 0),
      equal('and with the negative nearer than the positive', nearer.count, 0, 0),
      equal('loss of a collapsed set', await collapsed(engine, margin, false), margin, TOLERANCE * margin),
      equal('and where it is soft', await collapsed(engine, margin, true), Math.LN2, TOLERANCE),
    ];
  },
};

/** Two positives at distance 1, and a negative that is equally far from both. */
async function triplet(
  engine: Engine,
  margin: number,
  distance: number,
  mining: 'all' | 'semi-hard' = 'all',
): Promise<{ loss: number; count: number; gradient: Float32Array }> {
  const height = Math.sqrt(distance ** 2 - 0.25);
  const { loss, count, gradient } = await engine.evaluate(
    { kind: 'triplet-margin', margin, mining, distance: 'euclidean', normalize: false, reduction: 'mean' },
    {
      dimension: 2,
      embeddings: Float32Array.of(-0.5, 0, 0.5, 0, 0, height),
      labels: Uint32Array.of(0, 0, 1),
    },
    { gradient: true },
  );
  if (!gradient || !('embeddings' in gradient)) throw new Error('A labelled loss gave no gradient.');
  return { loss, count, gradient: gradient.embeddings };
}

async function collapsed(engine: Engine, margin: number, soft: boolean): Promise<number> {
  const { loss } = await engine.evaluate(
    { kind: 'triplet-margin', margin, soft },
    {
      dimension: 3,
      embeddings: copies([0.6, 0, 0.8], 12),
      labels: Uint32Array.from({ length: 12 }, (_, i) => i % 3),
    },
  );
  return loss;
}
