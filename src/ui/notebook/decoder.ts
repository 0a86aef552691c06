import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyLoss, LossKind } from '../../losses/registry.ts';
import { losses } from '../../losses/registry.ts';

/** What a person knows of a training that is stuck. */
export interface Stuck {
  value: number;
  /** Undefined: any. */
  loss: LossKind | undefined;
  /** Pairs in a batch. */
  pairs: number;
  temperature: number;
}

/** A value that a training gets stuck at, and what it means. */
export interface Meaning {
  loss: string;
  name: string;
  value: number;
}

/** How far from a plateau a reported loss may be, relative to it: logs are averages, and rounded. */
const TOLERANCE = 0.01;

/** The divisor that SupContrast's loss carries unless told otherwise. */
const BASE_TEMPERATURE = 0.07;

/** MoCo's queue, beside the positive. */
const QUEUE = 65_536;

/** Coordinates that plateaus of features are told for where nothing is known of them. */
const DIMENSION = 128;

/** The plateaus that a reported loss may be, the nearest first; and the nearest of all others. */
export function decode(stuck: Stuck): { meanings: Meaning[]; nearest: Meaning | undefined } {
  const distance = ({ value }: Meaning) => Math.abs(value - stuck.value);
  const known = plateausFor(stuck)
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((a, b) => distance(a) - distance(b));
  const meanings = known.filter(
    (meaning) => distance(meaning) <= TOLERANCE * Math.max(0.1, Math.abs(meaning.value)),
  );
  return { meanings, nearest: known[0] };
}

/** Everything that losses get stuck at with such a batch, by their own word, and as well-known code multiplies it. */
function plateausFor({ loss: kind, pairs, temperature }: Stuck): Meaning[] {
  return losses
    .filter((loss) => kind === undefined || loss.kind === kind)
    .flatMap((loss) => {
      const own = plateausAt(loss, temperature, pairs);
      return [...own, ...inOtherCode(loss, own, temperature)];
    });
}

function plateausAt(loss: AnyLoss, temperature: number, pairs: number): Meaning[] {
  const defaults = Object.entries(loss.parameters).map(([name, parameter]) => [name, parameter.default]);
  const values: ParameterValues = {
    ...Object.fromEntries(defaults),
    ...('temperature' in loss.parameters && { temperature }),
    ...('logitScale' in loss.parameters && { logitScale: 1 / temperature }),
  };
  const batch = {
    candidates: loss.batch === 'paired' ? pairs : 2 * pairs - 1,
    positives: 1,
    dimension: DIMENSION,
  };
  const variants = 'negatives' in values ? [values, { ...values, negatives: false }] : [values];
  return variants.flatMap((variant) =>
    loss.plateaus(variant, batch).map(({ name, loss: value }) => ({
      loss: variant.negatives === false ? `${loss.name} without negatives` : loss.name,
      name,
      value,
    })),
  );
}

/** The same plateaus as they show in libraries that scale the loss, or bring other candidates. */
function inOtherCode({ kind, name }: AnyLoss, own: readonly Meaning[], temperature: number): Meaning[] {
  const collapsed = own.find((plateau) => plateau.name.includes('collapsed'));
  if (!collapsed) return [];
  switch (kind) {
    case 'sup-con':
      return [
        {
          loss: 'SupContrast (base_temperature 0.07)',
          name: `${collapsed.name}, times temperature / 0.07`,
          value: (collapsed.value * temperature) / BASE_TEMPERATURE,
        },
      ];
    case 'nt-xent':
      return [
        {
          loss: 'SimCLR in TensorFlow (google-research)',
          name: `${collapsed.name}, twice: it adds the two views`,
          value: 2 * collapsed.value,
        },
      ];
    case 'info-nce':
      return [
        {
          loss: `MoCo (${name} against a queue)`,
          name: `indifferent or collapsed: ln ${QUEUE + 1}`,
          value: Math.log(QUEUE + 1),
        },
      ];
    default:
      return [];
  }
}
