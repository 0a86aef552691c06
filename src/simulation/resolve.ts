import { InputError } from '../engine/input-error.ts';
import { resolveLoss } from '../losses/registry.ts';
import type { Hyperparameters } from './settings.ts';

function reject(argument: string, expected: string): never {
  throw new InputError(argument, expected);
}

/**
 * The loss and all of its parameters, once the settings make sense.
 * @throws InputError naming the setting and what was expected.
 */
export function resolve({ loss, batchPairs, learningRate }: Hyperparameters): ReturnType<typeof resolveLoss> {
  // Infinity is every pair there is.
  const isWhole = Number.isInteger(batchPairs) || batchPairs === Infinity;
  if (!isWhole || batchPairs < 1) {
    reject('batchPairs', `expected a positive whole number or Infinity, got ${batchPairs}`);
  }
  if (!(learningRate >= 0 && learningRate < Infinity)) {
    reject('learningRate', `expected a finite number that is not negative, got ${learningRate}`);
  }
  return resolveLoss(loss, reject);
}
