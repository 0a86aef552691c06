import type { LossSpec } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { validateEvaluation } from '../validate.ts';
import { evaluatePairs } from './evaluate-pairs.ts';
import type { Means } from './run.ts';

/** Engine.evaluate, on the skeleton that the loss is made for. */
export async function evaluate(
  spec: LossSpec,
  batch: Batch,
  options: EvaluateOptions,
  means: Means,
): Promise<Evaluation> {
  const { loss, values, layout } = validateEvaluation(spec, batch);
  switch (loss.skeleton) {
    case 'pairs':
      return evaluatePairs(loss, values, layout, batch, options, means);
    case 'matches': {
      const { evaluateMatches } = await import('./evaluate-matches.ts');
      return evaluateMatches(loss, values, layout, batch, options);
    }
    case 'triplets': {
      const { evaluateTriplets } = await import('./evaluate-triplets.ts');
      return evaluateTriplets(loss, values, layout, batch, options, means);
    }
    case 'distances': {
      const { evaluateDistances } = await import('./evaluate-distances.ts');
      return evaluateDistances(loss, values, layout, batch, options, means);
    }
    case 'features': {
      const { evaluateFeatures } = await import('./evaluate-features.ts');
      return evaluateFeatures(loss, values, layout, batch, options);
    }
  }
}
