import type { AnyLoss, LossSpec } from '../../src/losses/registry.ts';
import { findLoss } from '../../src/losses/registry.ts';

/** The specification at a temperature: losses that have a logit scale instead get its reciprocal, others stay. */
export function atTemperature(spec: LossSpec, temperature: number): LossSpec {
  const { parameters } = findLoss(spec.kind)!;
  return {
    ...spec,
    ...('temperature' in parameters && { temperature }),
    ...('logitScale' in parameters && { logitScale: 1 / temperature }),
  } as LossSpec;
}

/** The default of every choice, then each other choice on its own. */
export function choices(loss: AnyLoss): Record<string, string>[] {
  const result: Record<string, string>[] = [{}];
  for (const [name, parameter] of Object.entries(loss.parameters)) {
    if (parameter.type !== 'choice') continue;
    for (const choice of parameter.choices) if (choice !== parameter.default) result.push({ [name]: choice });
  }
  return result;
}

/** The choices, each with every combination of the switches. */
export function variations(loss: AnyLoss): Record<string, string | boolean>[] {
  let result: Record<string, string | boolean>[] = choices(loss);
  for (const [name, parameter] of Object.entries(loss.parameters)) {
    if (parameter.type !== 'boolean') continue;
    result = result.flatMap((variation) => [true, false].map((on) => ({ ...variation, [name]: on })));
  }
  return result;
}

/** Every loss of a batch kind at its defaults, then with each other choice. */
export function specsFor(losses: readonly AnyLoss[], batch: AnyLoss['batch']): LossSpec[] {
  return losses
    .filter((loss) => loss.batch === batch)
    .flatMap((loss) => choices(loss).map((choice) => ({ kind: loss.kind, ...choice }) as LossSpec));
}

/** Numbers other than temperatures and logit scales, each at both ends of its slider. */
export function extremes(loss: AnyLoss): Record<string, number>[] {
  return Object.entries(loss.parameters).flatMap(([name, parameter]) =>
    parameter.type === 'number' && name !== 'temperature' && name !== 'logitScale'
      ? [{ [name]: parameter.minimum }, { [name]: parameter.maximum }]
      : [],
  );
}
