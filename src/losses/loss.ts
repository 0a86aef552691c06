import type { DistanceRule } from './distance-rule.ts';
import type { FeatureRule } from './feature-rule.ts';
import type { MatchRule } from './match-rule.ts';
import type { PairMatrix, PairMatrixLoss } from './pair-matrix.ts';
import type { PointSet, PointSetLoss } from './point-set.ts';
import type { TripletRule } from './triplet-rule.ts';

/** A number that a person can set. `minimum` and `maximum` are the ends of its slider; `valid` is what the engines accept. */
export interface NumberParameter {
  type: 'number';
  default: number;
  minimum: number;
  maximum: number;
  scale: 'linear' | 'logarithmic';
  valid: 'positive' | 'not negative' | 'finite' | 'fraction';
  description: string;
}

export interface ChoiceParameter<Choice extends string = string> {
  type: 'choice';
  default: Choice;
  choices: readonly Choice[];
  description: string;
}

export interface BooleanParameter {
  type: 'boolean';
  default: boolean;
  description: string;
}

export type Parameter = NumberParameter | ChoiceParameter | BooleanParameter;
export type ParameterValue = number | string | boolean;
export type ParameterValues = Record<string, ParameterValue>;

type ValueOf<P extends Parameter> =
  P extends ChoiceParameter<infer Choice> ? Choice : P extends BooleanParameter ? boolean : number;

type Values<Parameters extends Record<string, Parameter>> = {
  [Name in keyof Parameters]: ValueOf<Parameters[Name]>;
};

/** What a caller writes: the kind, and any parameter that is not to keep its default. */
export type SpecOf<Loss> =
  Loss extends CommonDefinition<infer Kind, infer Parameters>
    ? { kind: Kind } & Partial<Values<Parameters>>
    : never;

/** How pairs are formed: from the labels of one set, or between queries and keys. */
export type BatchKind = 'labelled' | 'paired';

/** What every loss tells of itself: its parameters, its documentation, what it needs and where it gets stuck. */
interface CommonDefinition<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> {
  kind: Kind;
  name: string;
  batch: BatchKind;
  parameters: Parameters;
  documentation: Documentation;

  /** Which points look for their positive: every point of a labelled set, the queries alone, or both towers. */
  anchors: 'all' | 'queries' | 'both';

  /** Whether a paired batch may bring extra negatives; they then replace the other queries' keys in the denominator. */
  extraNegatives?: boolean;

  /** Whether it also takes, and then needs, a paired batch that says which of its pairs are similar. */
  takesSimilar?: boolean;

  /** Whether an anchor's denominator holds one positive at a time, its other positives staying out of it. */
  isolatesPositives?: boolean;

  /** Whether its push on the sphere ends only where the points are spread evenly: margins and thresholds rest earlier. */
  spreads?: boolean;

  /** Whether a batch whose anchors have positives but no negatives is refused: their terms would be minus infinity. */
  needsNegatives?: boolean;

  /** The numbers that the kernels see, in the field order of `struct Parameters` in the shader. */
  constants(values: Values<Parameters>): Record<string, number>;

  /** The largest |logit| that similarities up to this size can lead to: what overflow and rounding are judged by. */
  largestLogit(values: Values<Parameters>, similarity: number): number;

  /**
   * Loss values that this loss gets stuck at, with their names; `candidates` is what one anchor's denominator holds,
   * `positives` how many partners it has, `dimension` the coordinates of one point.
   */
  plateaus(
    values: Values<Parameters>,
    batch: { candidates: number; positives: number; dimension: number },
  ): { name: string; loss: number }[];
}

/**
 * A loss over the similarities of pairs: its formula in float64 (the executable specification), and its two pair
 * functions in WGSL, which run on the GPU and, written out as WebAssembly, on the CPU.
 */
export interface PairLoss<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends CommonDefinition<Kind, Parameters> {
  skeleton: 'pairs';

  /**
   * The formula over the stored matrix of similarities, in float64 and as plain as can be.
   * @param detached what factors that are constants of the gradient are computed from: the same pairs, but where a
   * test moves the pairs and holds these factors still.
   */
  formula(pairs: PairMatrix, values: Values<Parameters>, detached: PairMatrix): PairMatrixLoss;

  /** WGSL source of the two pair functions, shaders/losses. */
  shader: string;

  /**
   * Whether the rows are streamed a second time before the gradient, because a term needs the finished statistics of
   * its row and an anchor has several positives.
   */
  refines?: boolean;

  /** Gradients of the learnable parameters from the sums over all pairs of dL/ds and dL/ds * s. */
  parameterGradients(
    values: Values<Parameters>,
    sums: { pull: number; pullSimilarity: number },
  ): Record<string, number>;
}

/** What losses that are not written on the similarities of pairs share; each skeleton has kernels of its own. */
interface PointDefinition<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends CommonDefinition<Kind, Parameters> {
  /**
   * The formula over the points themselves, after normalization where the loss normalizes, in float64 and as plain as
   * can be.
   * @param detached what factors that are constants of the gradient are computed from, see PairLoss.formula.
   */
  formula(points: PointSet, values: Values<Parameters>, detached: PointSet): PointSetLoss;
}

/** A loss in which every query meets its own key and nobody else. */
export interface MatchLoss<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends PointDefinition<Kind, Parameters> {
  skeleton: 'matches';
  rule: MatchRule;
  /** WGSL source of the same function, shaders/losses. */
  shader: string;
}

/** A loss over the distances of points that meet: all of a labelled set; a query and its key, and maybe their towers. */
export interface DistanceLoss<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends PointDefinition<Kind, Parameters> {
  skeleton: 'distances';
  /** Whether the points of one tower of a paired batch meet each other, as negatives. */
  meetsOwnTower?: boolean;
  rule: DistanceRule;
  /** WGSL source of the same functions, shaders/losses. */
  shader: string;
}

/** A loss over triplets of an anchor, one of its positives and one of its negatives, by their distances. */
export interface TripletLoss<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends PointDefinition<Kind, Parameters> {
  skeleton: 'triplets';
  rule: TripletRule;
  /** WGSL source of the same functions, shaders/losses. */
  shader: string;
}

/** A loss over what the features, the coordinates of the points, have to do with each other across the batch. */
export interface FeatureLoss<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> extends PointDefinition<Kind, Parameters> {
  skeleton: 'features';
  rule: FeatureRule;
  /** WGSL source of the same functions, shaders/losses. */
  shader: string;
}

export type LossDefinition<
  Kind extends string = string,
  Parameters extends Record<string, Parameter> = Record<string, Parameter>,
> =
  | PairLoss<Kind, Parameters>
  | MatchLoss<Kind, Parameters>
  | FeatureLoss<Kind, Parameters>
  | DistanceLoss<Kind, Parameters>
  | TripletLoss<Kind, Parameters>;

export interface Documentation {
  summary: string;
  /** The formula as plain text. */
  formula: string;
  /** What the mean runs over, and what an anchor's denominator holds. */
  reduction: string;
  /** The library whose number this reproduces. */
  reproduces: string;
  source: string;
  watchFor: string;
}

/** Keeps the literal types of a definition, so that its `LossSpec` can be derived. */
export function definePairLoss<const Kind extends string, const Parameters extends Record<string, Parameter>>(
  definition: Omit<PairLoss<Kind, Parameters>, 'skeleton'>,
): PairLoss<Kind, Parameters> {
  return { skeleton: 'pairs', ...definition };
}

/** The same for a loss with another skeleton. */
export function defineMatchLoss<
  const Kind extends string,
  const Parameters extends Record<string, Parameter>,
>(definition: Omit<MatchLoss<Kind, Parameters>, 'skeleton'>): MatchLoss<Kind, Parameters> {
  return { skeleton: 'matches', ...definition };
}

export function defineDistanceLoss<
  const Kind extends string,
  const Parameters extends Record<string, Parameter>,
>(definition: Omit<DistanceLoss<Kind, Parameters>, 'skeleton'>): DistanceLoss<Kind, Parameters> {
  return { skeleton: 'distances', ...definition };
}

export function defineTripletLoss<
  const Kind extends string,
  const Parameters extends Record<string, Parameter>,
>(definition: Omit<TripletLoss<Kind, Parameters>, 'skeleton'>): TripletLoss<Kind, Parameters> {
  return { skeleton: 'triplets', ...definition };
}

export function defineFeatureLoss<
  const Kind extends string,
  const Parameters extends Record<string, Parameter>,
>(definition: Omit<FeatureLoss<Kind, Parameters>, 'skeleton'>): FeatureLoss<Kind, Parameters> {
  return { skeleton: 'features', ...definition };
}
