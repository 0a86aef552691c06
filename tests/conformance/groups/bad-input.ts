import type { Batch, Engine, LabelledBatch, PairedBatch } from '../../../src/engine/engine.ts';
import type { LossSpec } from '../../../src/losses/registry.ts';
import { labelled, paired } from '../batches.ts';
import type { Group } from '../case.ts';

/** A call that must reject with an InputError that names `argument`. */
interface BadCall {
  name: string;
  argument: string;
  call(engine: Engine): Promise<unknown>;
}

const set = (change: object = {}): LabelledBatch => ({ ...labelled('pairs', 4, 3, 'random'), ...change });
const towers = (change: object = {}): PairedBatch => ({ ...paired(4, 3, 'random'), ...change });

function withValue(vectors: Float32Array, value: number): Float32Array {
  const changed = vectors.slice();
  changed[changed.length - 1] = value;
  return changed;
}

/** What a caller without a type checker can write. */
const untyped = (value: object) => value as LossSpec;

function evaluating(name: string, argument: string, spec: LossSpec, batch: Batch): BadCall {
  return { name, argument, call: (engine) => engine.evaluate(spec, batch, { gradient: true }) };
}

const ntXent: LossSpec = { kind: 'nt-xent' };
const infoNce: LossSpec = { kind: 'info-nce' };
const onePair = labelled('pairs', 1, 3, 'random');
const vectors = (count: number) => new Float32Array(count).fill(1);

const badCalls: BadCall[] = [
  evaluating('no such loss', 'loss.kind', untyped({ kind: 'softmax' }), set()),
  evaluating('no such parameter', 'loss.margin', untyped({ kind: 'nt-xent', margin: 1 }), set()),
  evaluating('temperature 0', 'loss.temperature', { ...ntXent, temperature: 0 }, set()),
  evaluating('temperature below 0', 'loss.temperature', { ...infoNce, temperature: -0.1 }, towers()),
  evaluating('temperature NaN', 'loss.temperature', { ...ntXent, temperature: Number.NaN }, set()),
  evaluating('temperature infinite', 'loss.temperature', { ...ntXent, temperature: Infinity }, set()),
  evaluating('logit scale 0', 'loss.logitScale', { kind: 'clip', logitScale: 0 }, towers()),
  evaluating('no such form', 'loss.form', untyped({ kind: 'sup-con', form: 'around' }), set()),
  evaluating('normalize is no boolean', 'loss.normalize', untyped({ kind: 'nt-xent', normalize: 1 }), set()),
  evaluating('two towers for a loss of one set', 'batch', ntXent, towers()),
  evaluating('one set for a loss of two towers', 'batch', infoNce, set()),
  evaluating(
    'extra negatives where none are taken',
    'batch.negatives',
    { kind: 'clip' },
    towers({ negatives: vectors(3) }),
  ),
  evaluating(
    'similar where it means nothing',
    'batch.similar',
    infoNce,
    towers({ similar: new Uint8Array(4) }),
  ),
  evaluating('similar missing where it is needed', 'batch.similar', { kind: 'contrastive' }, towers()),
  evaluating(
    'extra negatives beside similar pairs',
    'batch.negatives',
    { kind: 'contrastive' },
    towers({ negatives: vectors(3), similar: new Uint8Array(4) }),
  ),
  evaluating('labels beside two towers', 'batch.labels', infoNce, towers({ labels: new Uint32Array(4) })),
  evaluating('keys beside one set', 'batch.keys', ntXent, set({ keys: vectors(12) })),
  evaluating('margin NaN', 'loss.negativeMargin', { kind: 'contrastive', negativeMargin: Number.NaN }, set()),
  evaluating('one pair for a loss that needs negatives', 'batch.labels', { kind: 'decoupled' }, onePair),
  evaluating(
    'one class for a loss that needs negatives',
    'batch.labels',
    { kind: 'decoupled' },
    set({ labels: new Uint32Array(8).fill(3) }),
  ),
  evaluating('dimension 0', 'batch.dimension', ntXent, set({ dimension: 0 })),
  evaluating('dimension 1.5', 'batch.dimension', ntXent, set({ dimension: 1.5 })),
  evaluating('no whole vectors', 'batch.embeddings', ntXent, set({ embeddings: vectors(23) })),
  evaluating(
    'no vectors',
    'batch.embeddings',
    ntXent,
    set({ embeddings: vectors(0), labels: new Uint32Array() }),
  ),
  evaluating(
    'embeddings in double precision',
    'batch.embeddings',
    ntXent,
    set({ embeddings: new Float64Array(24) }),
  ),
  evaluating('labels missing', 'batch.labels', ntXent, set({ labels: undefined })),
  evaluating('too few labels', 'batch.labels', ntXent, set({ labels: new Uint32Array(7) })),
  evaluating('more keys than queries', 'batch.keys', infoNce, towers({ keys: vectors(15) })),
  evaluating('keys missing', 'batch.keys', infoNce, towers({ keys: undefined })),
  evaluating('negatives of another dimension', 'batch.negatives', infoNce, towers({ negatives: vectors(4) })),
  evaluating('NaN', 'batch.embeddings', ntXent, set({ embeddings: withValue(vectors(24), Number.NaN) })),
  evaluating('infinity', 'batch.queries', infoNce, towers({ queries: withValue(vectors(12), Infinity) })),
  evaluating('infinity', 'batch.keys', infoNce, towers({ keys: withValue(vectors(12), -Infinity) })),
  evaluating('NaN', 'batch.negatives', infoNce, towers({ negatives: withValue(vectors(3), Number.NaN) })),
  evaluating(
    'raw vectors whose products overflow',
    'batch.embeddings',
    { ...ntXent, normalize: false },
    set({ embeddings: withValue(vectors(24), 1e30) }),
  ),
  evaluating(
    'raw vectors whose squared covariances overflow',
    'batch.queries',
    { kind: 'vicreg', normalize: false },
    towers({ keys: withValue(vectors(12), 1e12) }),
  ),
  evaluating('a weight below 0', 'loss.varianceMu', { kind: 'vicreg', varianceMu: -1 }, towers()),
  {
    name: 'no such metric',
    argument: 'metric',
    call: (engine) => engine.similarity(set(), { metric: 'manhattan' as 'dot' }),
  },
  {
    name: 'similarity of NaN',
    argument: 'batch.embeddings',
    call: (engine) => engine.similarity(set({ embeddings: withValue(vectors(24), Number.NaN) })),
  },
  {
    name: 'a similarity matrix of 40 GB',
    argument: 'batch',
    call: (engine) =>
      engine.similarity({ dimension: 1, embeddings: vectors(100_000), labels: new Uint32Array(100_000) }),
  },
  {
    name: 'too few logits',
    argument: 'logits',
    call: (engine) => engine.softmax(vectors(5), { rows: 2, columns: 3 }, 1),
  },
  {
    name: 'a logit that is not finite',
    argument: 'logits',
    call: (engine) => engine.softmax(withValue(vectors(6), Infinity), { rows: 2, columns: 3 }, 1),
  },
  {
    name: 'no rows',
    argument: 'shape.rows',
    call: (engine) => engine.softmax(vectors(0), { rows: 0, columns: 3 }, 1),
  },
  {
    name: 'softmax at temperature 0',
    argument: 'temperature',
    call: (engine) => engine.softmax(vectors(6), { rows: 2, columns: 3 }, 0),
  },
];

export const badInputGroup: Group = {
  name: 'bad input',
  cases: badCalls.map(({ name, argument, call }) => ({
    name: `${name}: InputError of ${argument}`,
    run: async (engine, checks) => {
      const error = await checks.rejection('rejects', () => call(engine));
      if (!(error instanceof Error)) return;
      checks.same('name', error.name, 'InputError');
      checks.same('argument', 'argument' in error ? error.argument : undefined, argument);
      checks.true(
        'message begins with the argument',
        error.message.startsWith(`${argument}: `),
        error.message,
      );
    },
  })),
};
