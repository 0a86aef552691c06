import { pairCount, pairOf, sample } from '../data/dataset.ts';
import type { Sample } from '../data/dataset.ts';
import type { Engine, Evaluation } from '../engine/engine.ts';
import { findLoss } from '../losses/registry.ts';
import { batchOf, gradientOf } from './batch.ts';
import { alignment, MEASURED, radius, uniformity } from './metrics.ts';
import { createModel } from './model.ts';
import type { Model } from './model.ts';
import { forgetsMoments } from './optimizer.ts';
import { placeOf } from './place.ts';
import { Projection } from './projection.ts';
import { resolve } from './resolve.ts';
import type { Hyperparameters, RunState, Start, Statistics } from './settings.ts';
import { startState } from './start.ts';

type StepStatistics = Pick<Statistics, 'step' | 'loss' | 'count' | 'gradientNorm'>;
type Metrics = Pick<Statistics, 'alignment' | 'uniformity' | 'radius'>;

/**
 * The loop of a run over any engine: sample, model forward, evaluate, model backward, optimize. It knows no clock and no thread: the
 * same start and the same calls give the same run, bit for bit.
 */
export class HostSimulation {
  readonly start: Start;
  private readonly engine: Engine;
  private readonly state: RunState;
  private readonly model: Model;
  private readonly projection: Projection;
  private hyperparameters: Hyperparameters;
  private momentsForgotten = false;
  /** The embeddings of the state are not those of what was learned since. */
  private isStale = true;
  private lastStep: StepStatistics | undefined;
  private metrics: Metrics | undefined;

  /**
   * @param state goes on from there, instead of from the seeded start; its arrays become the simulation's own.
   * @throws InputError when the settings are bad.
   */
  constructor(engine: Engine, start: Start, hyperparameters: Hyperparameters, state?: RunState) {
    resolve(hyperparameters);
    this.engine = engine;
    this.start = start;
    this.hyperparameters = hyperparameters;
    this.state = state ?? startState(start, hyperparameters.geometry);
    this.model = createModel(engine.backend, start, this.state);
    this.projection = new Projection(start.dimension);
  }

  get stepsTaken(): number {
    return this.state.step;
  }

  /** Of all points. */
  private get embeddings(): Float32Array {
    if (this.isStale) this.model.refresh(this.hyperparameters);
    this.isStale = false;
    return this.state.embeddings;
  }

  /** Undefined before the first step and the first `measure`. */
  get statistics(): Statistics | undefined {
    return this.lastStep && this.metrics && { ...this.lastStep, ...this.metrics };
  }

  /**
   * Takes effect with the next step; a step that is running keeps what it began with.
   * @throws InputError when the settings are bad; those before stay.
   */
  configure(hyperparameters: Hyperparameters): void {
    resolve(hyperparameters);
    this.momentsForgotten ||= forgetsMoments(this.hyperparameters, hyperparameters);
    this.hyperparameters = hyperparameters;
    this.isStale = true;
  }

  /**
   * Takes one step. One at a time.
   * @param signal aborting rejects with its reason and leaves the state as after the step before.
   * @throws InputError when the engine refuses the batch.
   */
  async step(signal?: AbortSignal): Promise<void> {
    const { start, state, model, hyperparameters } = this;
    const { dataset, dimension, seed } = start;
    if (this.momentsForgotten) {
      state.firstMoments.fill(0);
      state.secondMoments.fill(0);
      state.optimizerSteps = 0;
      this.momentsForgotten = false;
    }
    const pairs = Math.min(hyperparameters.batchPairs, pairCount(dataset));
    // Classes of one point each have no pairs: nothing to learn from, yet a run.
    let result: Pick<Evaluation, 'loss' | 'count'> = { loss: 0, count: 0 };
    let gradient: Float32Array | undefined;
    if (pairs > 0) {
      const drawn = sample(dataset, pairs, seed, state.step);
      const loss = findLoss(hyperparameters.loss.kind);
      // Several classes, and by chance a batch of one: a loss that needs negatives rests for a step.
      const rests = loss?.needsNegatives && dataset.classes > 1 && pairs > 1 && isOneClass(drawn);
      if (!rests) {
        const rows = model.forward(drawn.indices, hyperparameters);
        const batch = batchOf(rows, dimension, drawn.labels, loss?.batch ?? 'labelled');
        const options = { gradient: true, signal };
        const evaluation = await this.engine.evaluate(hyperparameters.loss, batch, options);
        gradient = gradientOf(evaluation);
        result = evaluation;
      }
    }
    model.learn(gradient, hyperparameters);
    this.isStale = true;
    state.step++;
    this.lastStep = {
      step: state.step,
      loss: result.loss,
      count: result.count,
      gradientNorm: gradient ? Math.sqrt(squaredLength(gradient) / (2 * pairs)) : 0,
    };
  }

  /** Brings alignment, uniformity and radius up to date with the last step. */
  measure(): void {
    const { dataset, dimension, seed } = this.start;
    const { embeddings } = this;
    const { step } = this.state;
    const pairs = Array.from({ length: Math.min(pairCount(dataset), MEASURED) }, (_, pair) =>
      pairOf(dataset, pair, seed, step),
    );
    this.metrics = {
      alignment: alignment(embeddings, dimension, pairs),
      uniformity: uniformity(embeddings, dimension),
      radius: radius(embeddings, dimension),
    };
  }

  /** @param positions receives x, y, z, 0 per point. */
  project(positions: Float32Array): void {
    this.projection.project(this.embeddings, positions);
  }

  /** Moves one free point (up to three dimensions), at rest; on the sphere to the nearest place there. */
  place(point: number, x: number, y: number, z: number): void {
    const { start, hyperparameters, state } = this;
    const place = placeOf(start, hyperparameters.geometry, point, [x, y, z]);
    if (!place) return;
    const from = point * start.dimension;
    const to = from + start.dimension;
    state.embeddings.set(place, from);
    state.firstMoments.fill(0, from, to);
    state.secondMoments.fill(0, from, to);
  }

  /** A copy of the state after the last finished step. */
  snapshot(): RunState {
    const { state, momentsForgotten } = this;
    const moments = (array: Float32Array) =>
      momentsForgotten ? new Float32Array(array.length) : array.slice();
    return {
      step: state.step,
      embeddings: this.embeddings.slice(),
      ...(state.weights && { weights: state.weights.slice() }),
      firstMoments: moments(state.firstMoments),
      secondMoments: moments(state.secondMoments),
      optimizerSteps: momentsForgotten ? 0 : state.optimizerSteps,
    };
  }
}

function isOneClass({ labels }: Sample): boolean {
  return labels.every((label) => label === labels[0]);
}

function squaredLength(vector: Float32Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
