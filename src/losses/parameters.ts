import type { BooleanParameter, NumberParameter } from './loss.ts';

/** Parameters that several losses share, so that they mean the same thing everywhere. */

export function temperature(defaultValue: number): NumberParameter {
  return {
    type: 'number',
    default: defaultValue,
    minimum: 0.01,
    maximum: 10,
    scale: 'logarithmic',
    valid: 'positive',
    description: 'Divides the similarities. Low: only the hardest negatives count. High: all count alike.',
  };
}

export function logitScale(defaultValue: number): NumberParameter {
  return {
    type: 'number',
    default: defaultValue,
    minimum: 0.1,
    maximum: 100,
    scale: 'logarithmic',
    valid: 'positive',
    description: 'Multiplies the cosines: 1 / temperature. The multiplier itself, not its logarithm.',
  };
}

export const positivePrior: NumberParameter = {
  type: 'number',
  default: 0.1,
  minimum: 0,
  maximum: 0.5,
  scale: 'linear',
  valid: 'fraction',
  description:
    'The share of the negatives that are thought to be positives in truth: 1 / classes, if classes are even.',
};

export const normalize: BooleanParameter = {
  type: 'boolean',
  default: true,
  description: 'Compare directions only: every vector is divided by its length (at least 1e-12) first.',
};

export const negatives: BooleanParameter = {
  type: 'boolean',
  default: true,
  description:
    'Off leaves only the attraction: the loss becomes minus the mean logit of the positives, and nothing pushes apart.',
};
