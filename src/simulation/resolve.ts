import { InputError } from '../engine/input-error.ts';
import { resolveLoss } from '../losses/registry.ts';
import { augmentationOf } from './settings.ts';
import type { Hyperparameters } from './settings.ts';

function reject(argument: string, expected: string): never {
  throw new InputError(argument, expected);
}

/**
 * The loss and all of its parameters, once the settings make sense.
 * @throws InputError naming the setting and what was expected.
 */
export function resolve(hyperparameters: Hyperparameters): ReturnType<typeof resolveLoss> {
  const { loss, batchPairs, learningRate } = hyperparameters;
  // Infinity is every pair there is.
  const isWhole = Number.isInteger(batchPairs) || batchPairs === Infinity;
  if (!isWhole || batchPairs < 1) {
    reject('batchPairs', `expected a positive whole number or Infinity, got ${batchPairs}`);
  }
  if (!(learningRate >= 0 && learningRate < Infinity)) {
    reject('learningRate', `expected a finite number that is not negative, got ${learningRate}`);
  }
  const { noise, axes } = augmentationOf(hyperparameters);
  if (!(noise >= 0 && noise < Infinity)) {
    reject('augmentation.noise', `expected a finite number that is not negative, got ${noise}`);
  }
  if (!Number.isInteger(axes) || axes < 0) {
    reject('augmentation.axes', `expected a whole number that is not negative, got ${axes}`);
  }
  return resolveLoss(loss, reject);
}
