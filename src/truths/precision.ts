import type { Engine, Evaluation } from '../engine/engine.ts';
import { createReferenceEngine } from '../engine/reference/reference-engine.ts';
import type { Cloud } from '../simulation/geometry/cloud.ts';
import { fullBatch, settingsOf } from './configurations.ts';
import { meanLoss } from './tolerances.ts';

/** How far an engine is from float64, for the loss and the points of a cloud. */
export interface Precision {
  description: string;
  /** Of the loss, absolute. */
  lossError: number;
  /** What single precision can honestly keep. */
  lossTolerance: number;
  /** Of the gradient: |g - g64| / |g64|, Frobenius; undefined where there is no gradient. */
  gradientError: number | undefined;
}

export async function measurePrecision(engine: Engine, cloud: Cloud): Promise<Precision> {
  const spec = cloud.hyperparameters.loss;
  const batch = fullBatch(cloud);
  const expected = await createReferenceEngine().evaluate(spec, batch, { gradient: true });
  const got = await engine.evaluate(spec, batch, { gradient: true });
  const { loss, values } = settingsOf(cloud);
  const size = norm(gradientOf(expected));
  const error = norm(gradientOf(expected).map((value, index) => gradientOf(got)[index] - value));
  return {
    description: engine.description,
    lossError: Math.abs(got.loss - expected.loss),
    lossTolerance: meanLoss(engine.backend, expected.loss, loss.largestLogit(values, 1)),
    gradientError: size > 0 ? error / size : undefined,
  };
}

function gradientOf({ gradient }: Evaluation): Float32Array {
  return Float32Array.from(Object.values(gradient ?? {}).flatMap((part) => [...part]));
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
