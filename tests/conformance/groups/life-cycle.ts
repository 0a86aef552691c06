import type { Engine, Evaluation, PairedBatch } from '../../../src/engine/engine.ts';
import type { LossSpec } from '../../../src/losses/registry.ts';
import { labelled, paired } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import type { Checks } from '../checks.ts';
import { agreesWithReference } from '../compare.ts';

const spec: LossSpec = { kind: 'info-nce', temperature: 0.07 };

/** Long enough that it is still running when it is aborted. */
const longBatch = (engine: Engine): PairedBatch =>
  paired(engine.backend === 'reference' ? 300 : 2048, 16, 'random');

async function rejectsWith(
  checks: Checks,
  what: string,
  reason: Error,
  work: () => Promise<unknown>,
): Promise<void> {
  checks.same(what, await checks.rejection(what, work), reason);
}

const cancelled: Case = {
  name: 'an aborted evaluation rejects with the reason and leaves the engine right',
  run: async (engine, checks) => {
    const reason = new Error('stopped by the test');
    const batch = longBatch(engine);
    await rejectsWith(checks, 'aborted before', reason, () =>
      engine.evaluate(spec, batch, { signal: AbortSignal.abort(reason) }),
    );
    const controller = new AbortController();
    await rejectsWith(checks, 'aborted after the call', reason, () => {
      const running = engine.evaluate(spec, batch, { gradient: true, signal: controller.signal });
      controller.abort(reason);
      return running;
    });
    await agreesWithReference(checks, engine, spec, paired(65, 16, 'random'));
  },
};

const progress: Case = {
  name: 'long work tells its progress, which never falls',
  run: async (engine, checks) => {
    const fractions: number[] = [];
    await engine.evaluate(spec, longBatch(engine), {
      gradient: true,
      onProgress: (fraction) => fractions.push(fraction),
    });
    const rises = fractions.every(
      (fraction, index) => fraction >= (fractions[index - 1] ?? 0) && fraction <= 1,
    );
    checks.true('fractions', fractions.length > 0 && rises, fractions.join(' '));
  },
};

const onlyWhatWasAsked: Case = {
  name: 'gradients and row losses only when asked for',
  run: async (engine, checks) => {
    const { loss, count, ...rest } = await engine.evaluate(spec, paired(5, 3, 'random'));
    checks.true('a loss and a count', Number.isFinite(loss) && count === 5, `${loss}, ${count}`);
    const present = Object.entries(rest).filter(([, value]) => value !== undefined);
    checks.same('nothing else', present.map(([name]) => name).join(), '');
  },
};

const inputsUntouched: Case = {
  name: 'inputs are left as they were',
  run: async (engine, checks) => {
    const batch = labelled('classes', 65, 5, 'random');
    await engine.evaluate({ kind: 'sup-con' }, batch, { gradient: true });
    await engine.similarity(batch);
    const fresh = labelled('classes', 65, 5, 'random');
    checks.same('embeddings', batch.embeddings, fresh.embeddings);
    checks.same('labels', batch.labels, fresh.labels);
  },
};

const concurrent: Case = {
  name: 'evaluations that overlap do not disturb each other',
  run: async (engine, checks) => {
    const calls = [1, 3, 64, 65, 64, 200, 64].map((size, index) =>
      index % 2 === 0
        ? agreesWithReference(checks, engine, spec, paired(size, 16, 'random'))
        : agreesWithReference(checks, engine, { kind: 'nt-xent' }, labelled('pairs', size, 16, 'random')),
    );
    await Promise.all(calls);
  },
};

async function sameEvaluation(checks: Checks, got: Evaluation, expected: Evaluation): Promise<void> {
  checks.same('loss', got.loss, expected.loss);
  checks.same('row losses', got.rowLosses, expected.rowLosses);
  for (const [input, gradient] of Object.entries(expected.gradient ?? {})) {
    checks.same(
      `gradient of ${input}`,
      Object.entries(got.gradient ?? {}).find(([name]) => name === input)?.[1],
      gradient,
    );
  }
  for (const [parameter, gradient] of Object.entries(expected.parameterGradients ?? {})) {
    checks.same(`gradient of ${parameter}`, got.parameterGradients?.[parameter], gradient);
  }
}

const repeatable: Case = {
  name: 'the same evaluation twice gives the same bits',
  run: async (engine, checks) => {
    const options = { gradient: true, rowLosses: true } as const;
    const size = engine.backend === 'reference' ? 100 : 700;
    for (const kind of ['nt-xent', 'sup-con'] as const) {
      const batch = labelled('classes', size, 16, 'random');
      const first = await engine.evaluate({ kind }, batch, options);
      // Another shape in between, so that nothing is simply still there.
      await engine.evaluate({ kind }, labelled('classes', 33, 5, 'random'), options);
      await sameEvaluation(checks, await engine.evaluate({ kind }, batch, options), first);
    }
    for (const kind of ['info-nce', 'clip', 'vicreg', 'barlow-twins', 'simsiam'] as const) {
      const batch = paired(size, 16, 'random');
      const first = await engine.evaluate({ kind }, batch, options);
      await engine.evaluate({ kind }, paired(33, 5, 'random'), options);
      await sameEvaluation(checks, await engine.evaluate({ kind }, batch, options), first);
    }
  },
};

export const lifeCycleGroup: Group = {
  name: 'life cycle',
  cases: [cancelled, progress, onlyWhatWasAsked, inputsUntouched, concurrent, repeatable],
};
