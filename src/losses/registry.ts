import { alignUniform } from './align-uniform.ts';
import { barlowTwins } from './barlow-twins.ts';
import { circle } from './circle.ts';
import { clip } from './clip.ts';
import { contrastive } from './contrastive.ts';
import { debiased } from './debiased.ts';
import { decoupled } from './decoupled.ts';
import { hardNegative } from './hard-negative.ts';
import { infoNce } from './info-nce.ts';
import type {
  DistanceLoss,
  FeatureLoss,
  MatchLoss,
  PairLoss,
  Parameter,
  ParameterValues,
  SpecOf,
  TripletLoss,
} from './loss.ts';
import { multiSimilarity } from './multi-similarity.ts';
import { nPairs } from './n-pairs.ts';
import { ntXent } from './nt-xent.ts';
import { sigLip } from './sig-lip.ts';
import { simSiam } from './simsiam.ts';
import { supCon } from './sup-con.ts';
import { tripletMargin } from './triplet-margin.ts';
import { vicReg } from './vicreg.ts';

/** Every loss there is. Adding one is its own files and one entry here. */
const registered = [
  ntXent,
  infoNce,
  clip,
  supCon,
  nPairs,
  sigLip,
  decoupled,
  multiSimilarity,
  circle,
  debiased,
  hardNegative,
  contrastive,
  tripletMargin,
  alignUniform,
  vicReg,
  barlowTwins,
  simSiam,
] as const;

export type LossSpec = SpecOf<(typeof registered)[number]>;
export type LossKind = LossSpec['kind'];

/** Losses whose parameter names are not known to the compiler: what engines and user interface walk over. */
export type AnyPairLoss = Omit<PairLoss, 'kind'> & { kind: LossKind };
export type AnyMatchLoss = Omit<MatchLoss, 'kind'> & { kind: LossKind };
export type AnyFeatureLoss = Omit<FeatureLoss, 'kind'> & { kind: LossKind };
export type AnyDistanceLoss = Omit<DistanceLoss, 'kind'> & { kind: LossKind };
export type AnyTripletLoss = Omit<TripletLoss, 'kind'> & { kind: LossKind };
/** All that have their formula over points. */
export type AnyPointLoss = AnyMatchLoss | AnyFeatureLoss | AnyDistanceLoss | AnyTripletLoss;
export type AnyLoss = AnyPairLoss | AnyPointLoss;

// Sound because parameter values reach a definition only through resolveLoss, which checks them against it.
export const losses = registered as unknown as readonly AnyLoss[];

export function findLoss(kind: string): AnyLoss | undefined {
  return losses.find((loss) => loss.kind === kind);
}

/** The parameter's own sentence of what it accepts, or undefined when `value` is fine. */
function complaint(parameter: Parameter, value: unknown): string | undefined {
  switch (parameter.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'expected true or false';
    case 'choice':
      return parameter.choices.includes(value as string)
        ? undefined
        : `expected one of ${parameter.choices.map((choice) => `'${choice}'`).join(', ')}`;
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'expected a finite number';
      if (parameter.valid === 'positive' && !(value > 0)) return 'expected a number greater than 0';
      if (parameter.valid === 'not negative' && !(value >= 0)) return 'expected 0 or a number greater than 0';
      if (parameter.valid === 'fraction' && !(value >= 0 && value < 1)) {
        return 'expected a number from 0 up to, but not including, 1';
      }
      if (Math.abs(value) > 1e30 || (parameter.valid === 'positive' && value < 1e-30)) {
        return 'expected a magnitude that single precision can hold (1e-30 to 1e30)';
      }
      return undefined;
  }
}

/**
 * The loss a specification names and all of its parameters, defaults filled in. `reject` is called with the name of
 * the offending argument and a sentence, and must throw.
 */
export function resolveLoss(
  spec: LossSpec,
  reject: (argument: string, expected: string) => never,
): { loss: AnyLoss; values: ParameterValues } {
  const loss = findLoss(spec?.kind);
  if (!loss) {
    return reject('loss.kind', `expected one of ${losses.map((known) => `'${known.kind}'`).join(', ')}`);
  }
  const given: Record<string, unknown> = { ...spec };
  for (const name of Object.keys(given)) {
    if (name !== 'kind' && !Object.hasOwn(loss.parameters, name)) {
      reject(
        `loss.${name}`,
        `${loss.name} has no such parameter; it has ${Object.keys(loss.parameters).join(', ')}`,
      );
    }
  }
  const values: ParameterValues = {};
  for (const [name, parameter] of Object.entries(loss.parameters)) {
    const value = given[name] === undefined ? parameter.default : given[name];
    const expected = complaint(parameter, value);
    if (expected) reject(`loss.${name}`, `${expected}, got ${String(value)}`);
    values[name] = value as ParameterValues[string];
  }
  return { loss, values };
}
