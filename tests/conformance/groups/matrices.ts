import type { Batch, Metric } from '../../../src/engine/engine.ts';
import { copies, gaussian, labelled, paired } from '../batches.ts';
import type { Case, Group } from '../case.ts';

const EPSILON = 2 ** -24;
const METRICS: readonly Metric[] = ['cosine', 'dot', 'euclidean'];

/** The definition of each metric in double precision, one pair at a time. */
function measure(metric: Metric, a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squaredDistance = 0;
  for (let axis = 0; axis < a.length; axis++) {
    dot += a[axis] * b[axis];
    squaredDistance += (a[axis] - b[axis]) ** 2;
  }
  if (metric === 'dot') return dot;
  if (metric === 'euclidean') return Math.sqrt(squaredDistance);
  return dot === 0 ? 0 : dot / (Math.hypot(...a) * Math.hypot(...b));
}

function vectorsOf(batch: Batch): { rows: Float32Array[]; columns: Float32Array[] } {
  const split = (vectors: Float32Array) =>
    Array.from({ length: vectors.length / batch.dimension }, (_, index) =>
      vectors.subarray(index * batch.dimension, (index + 1) * batch.dimension),
    );
  if ('embeddings' in batch) {
    const rows = split(batch.embeddings);
    return { rows, columns: rows };
  }
  return {
    rows: split(batch.queries),
    columns: [...split(batch.keys), ...(batch.negatives ? split(batch.negatives) : [])],
  };
}

const lengths = (vectors: Float32Array[]) => vectors.map((vector) => Math.hypot(...vector));

function similarityCase(name: string, metric: Metric, makeBatch: () => Batch): Case {
  return {
    name: `${metric}, ${name}`,
    run: async (engine, checks) => {
      const batch = makeBatch();
      const { rows, columns } = vectorsOf(batch);
      const expected = rows.flatMap((row) => columns.map((column) => measure(metric, row, column)));
      const [rowLengths, columnLengths] = [lengths(rows), lengths(columns)];
      const got = await engine.similarity(batch, { metric });
      // Rounding of a dot product grows with the root of its length.
      const dotProduct = EPSILON * (12 + Math.sqrt(batch.dimension));
      checks.allNear('similarity', got, expected, (index) => {
        if (metric === 'cosine') return dotProduct;
        if (metric === 'euclidean') return 1e-5 * expected[index] + 1e-30;
        const [row, column] = [Math.floor(index / columns.length), index % columns.length];
        return dotProduct * rowLengths[row] * columnLengths[column];
      });
    },
  };
}

const shapes: readonly [rows: number, dimension: number][] = [
  [1, 1],
  [2, 3],
  [3, 2],
  [63, 16],
  [64, 64],
  [65, 5],
  [65, 512],
  [257, 16],
];

/** Points that lie on or next to each other, where a Gram-matrix distance loses every digit. */
function nearDuplicates(dimension: number): Batch {
  const embeddings = copies([...gaussian(1, dimension, 7)], 40);
  for (let point = 20; point < 40; point++) embeddings[point * dimension] += 1e-3 * (point - 19);
  return { dimension, embeddings, labels: new Uint32Array(40) };
}

const zeroVector: Case = {
  name: 'cosine with a zero vector is 0',
  run: async (engine, checks) => {
    const batch = { dimension: 2, embeddings: Float32Array.of(0, 0, 3, 4), labels: new Uint32Array(2) };
    const got = await engine.similarity(batch);
    checks.allNear('similarity', got, [0, 0, 0, 1], () => 12 * EPSILON);
  },
};

const duplicates: Case = {
  name: 'the distance of duplicates is exactly 0',
  run: async (engine, checks) => {
    for (const dimension of [1, 16, 512]) {
      const embeddings = copies([...gaussian(1, dimension, 8)], 33);
      const got = await engine.similarity(
        { dimension, embeddings, labels: new Uint32Array(33) },
        { metric: 'euclidean' },
      );
      checks.same(`dimension ${dimension}`, got, new Float32Array(33 * 33));
    }
  },
};

export const similarityGroup: Group = {
  name: 'similarity',
  cases: [
    ...METRICS.flatMap((metric) => [
      ...shapes.map(([rows, dimension]) =>
        similarityCase(`one set of ${rows}, dimension ${dimension}`, metric, () =>
          labelled('classes', rows, dimension, 'random'),
        ),
      ),
      similarityCase('two towers, 65 x 65, dimension 5', metric, () => paired(65, 5, 'random')),
      similarityCase('two towers, 63 x 93, dimension 16', metric, () => paired(63, 16, 'random', 30)),
    ]),
    // So much that software WebGPU takes kernels of their own.
    similarityCase('two towers, 513 x 523, dimension 67', 'dot', () => paired(513, 67, 'random', 10)),
    similarityCase('near-duplicates in dimension 16', 'euclidean', () => nearDuplicates(16)),
    similarityCase('near-duplicates in dimension 512', 'euclidean', () => nearDuplicates(512)),
    zeroVector,
    duplicates,
  ],
};

const softmaxShapes: readonly [rows: number, columns: number][] = [
  [1, 1],
  [1, 257],
  [3, 2],
  [63, 65],
  [64, 64],
  [65, 63],
  [257, 1],
  [2, 5000],
];

function softmaxCase(rows: number, columns: number, size: number, temperature: number): Case {
  return {
    name: `${rows} x ${columns}, logits of about ${size}, temperature ${temperature}`,
    run: async (engine, checks) => {
      const logits = gaussian(rows, columns, rows).map((value) => value * size);
      const expected = new Float64Array(logits.length);
      for (let start = 0; start < logits.length; start += columns) {
        const row = logits.subarray(start, start + columns);
        const maximum = row.reduce((largest, value) => Math.max(largest, value), -Infinity);
        const exponentials = Float64Array.from(row, (value) => Math.exp((value - maximum) / temperature));
        const sum = exponentials.reduce((total, value) => total + value, 0);
        exponentials.forEach((value, column) => (expected[start + column] = value / sum));
      }
      const got = await engine.softmax(logits, { rows, columns }, temperature);
      // The relative error of exp grows with its argument, and the scaled logits carry their own rounding.
      checks.allNear('softmax', got, expected, (index) => {
        const reach = 1 + 5 * (size / temperature);
        return EPSILON * (64 + 12 * Math.min(reach, 1e9)) * expected[index] + 1e-37;
      });
      for (let start = 0, row = 0; start < logits.length; start += columns, row++) {
        const sum = got.subarray(start, start + columns).reduce((total, value) => total + value, 0);
        checks.near(`sum of row ${row}`, sum, 1, 64 * EPSILON);
      }
    },
  };
}

export const softmaxGroup: Group = {
  name: 'softmax',
  cases: [
    ...softmaxShapes.flatMap(([rows, columns]) => [
      softmaxCase(rows, columns, 1, 1),
      softmaxCase(rows, columns, 1, 0.01),
    ]),
    softmaxCase(65, 63, 1e4, 1),
    softmaxCase(65, 63, 1e4, 0.01),
    softmaxCase(65, 63, 1, 10),
  ],
};
