import type { PairedBatch } from '../../../src/engine/engine.ts';
import { copies, gaussian, paired } from '../batches.ts';
import type { Case, Group } from '../case.ts';
import { gradient as gradientTolerance, meanLoss } from '../tolerances.ts';

const EPSILON = 2 ** -24;

/** Keys that are the axes themselves: the gradient of a raw query is then dL/ds, one number per candidate. */
function againstAxes(size: number): PairedBatch {
  const keys = new Float32Array(size * size);
  for (let axis = 0; axis < size; axis++) keys[axis * size + axis] = 1;
  return { dimension: size, queries: gaussian(size, size, 20).map((value) => value / 3), keys };
}

const pullEqualsPush: Case = {
  name: 'truth 2: per row, the pushes add up to the pull, (1 - p) / temperature',
  run: async (engine, checks) => {
    const size = 33;
    const batch = againstAxes(size);
    for (const temperature of [0.07, 0.5, 10]) {
      const evaluation = await engine.evaluate({ kind: 'info-nce', temperature, normalize: false }, batch, {
        gradient: true,
      });
      const pulls =
        evaluation.gradient && 'queries' in evaluation.gradient ? evaluation.gradient.queries : [];
      const shares = await engine.softmax(batch.queries, { rows: size, columns: size }, temperature);
      const tolerance = gradientTolerance(1 / temperature) / temperature;
      for (let row = 0; row < size; row++) {
        let push = 0;
        for (let column = 0; column < size; column++) {
          if (column !== row) push += Math.abs(size * pulls[row * size + column]);
        }
        const pull = -size * pulls[row * size + row];
        checks.near(`push of row ${row} at ${temperature}`, push, pull, tolerance);
        checks.near(`pull of row ${row}`, pull, (1 - shares[row * size + row]) / temperature, tolerance);
      }
    }
  },
};

const hardness: Case = {
  name: 'truth 3: two negatives push in the ratio exp((s1 - s2) / temperature)',
  run: async (engine, checks) => {
    const size = 17;
    const batch = againstAxes(size);
    for (const temperature of [0.1, 0.5, 10]) {
      const evaluation = await engine.evaluate({ kind: 'info-nce', temperature, normalize: false }, batch, {
        gradient: true,
      });
      const pulls =
        evaluation.gradient && 'queries' in evaluation.gradient ? evaluation.gradient.queries : [];
      for (let column = 2; column < size; column++) {
        const expected = Math.exp((batch.queries[column] - batch.queries[1]) / temperature);
        const tolerance = EPSILON * (96 + 24 / temperature) * expected;
        checks.near(
          `ratio of ${column} to 1 at ${temperature}`,
          pulls[column] / pulls[1],
          expected,
          tolerance,
        );
      }
    }
  },
};

const effectiveNegatives: Case = {
  name: 'truth 3: effective number of 63 random negatives in 16 dimensions',
  run: async (engine, checks) => {
    const [rows, columns] = [512, 63];
    // Each row needs its own negatives, or one draw of them decides the mean: 512 queries, 8 sets of 63.
    const expected = new Map([
      [0.01, 1.3],
      [0.05, 3.7],
      [0.2, 33.6],
      [1, 61.1],
    ]);
    const sets = Array.from({ length: 8 }, (_, set) => ({
      dimension: 16,
      queries: gaussian(rows / 8, 16, 30 + set),
      keys: gaussian(rows / 8, 16, 50 + set),
    }));
    const similarities = await Promise.all(sets.map((set) => engine.similarity(set)));
    for (const [temperature, number] of expected) {
      let sum = 0;
      for (const similarity of similarities) {
        const negatives = similarity.filter((_, index) => index % (rows / 8) < columns);
        const shares = await engine.softmax(negatives, { rows: rows / 8, columns }, temperature);
        for (let row = 0; row < rows / 8; row++) {
          const entropy = shares
            .subarray(row * columns, (row + 1) * columns)
            .reduce((total, share) => total - (share > 0 ? share * Math.log(share) : 0), 0);
          sum += Math.exp(entropy);
        }
      }
      checks.near(`effective negatives at ${temperature}`, sum / rows, number, 0.1 * number);
    }
  },
};

const streamingIsExact: Case = {
  name: 'truth 16: the streamed loss is that of the stored matrix, at temperature 0.01',
  run: async (engine, checks) => {
    const size = engine.backend === 'reference' ? 512 : 4096;
    const temperature = 0.01;
    const batch = paired(size, 16, 'random');
    const similarity = await engine.similarity(batch);
    let stored = 0;
    for (let row = 0; row < size; row++) {
      const logits = similarity.subarray(row * size, (row + 1) * size);
      const maximum = logits.reduce((largest, value) => Math.max(largest, value), -Infinity);
      const sum = logits.reduce((total, value) => total + Math.exp((value - maximum) / temperature), 0);
      stored += (maximum - logits[row]) / temperature + Math.log(sum);
    }
    stored /= size;
    const { loss } = await engine.evaluate({ kind: 'info-nce', temperature }, batch);
    checks.near('loss', loss, stored, 4e-7 * stored);
  },
};

const noOverflow: Case = {
  name: 'truth 17: similarity 1 at temperatures whose exponentials overflow',
  run: async (engine, checks) => {
    const point = [1, 0, 0, 0];
    const queries = copies(point, 40);
    for (const temperature of [0.0112, 0.01, 0.005, 0.001]) {
      const options = { gradient: true } as const;
      const infoNce = await engine.evaluate(
        { kind: 'info-nce', temperature },
        { dimension: 4, queries, keys: queries },
        options,
      );
      checks.near(
        `loss at ${temperature}`,
        infoNce.loss,
        Math.log(40),
        meanLoss(engine.backend, Math.log(40), 1 / temperature),
      );
      const gradients = infoNce.gradient && 'queries' in infoNce.gradient ? infoNce.gradient : undefined;
      for (const tower of ['queries', 'keys'] as const) {
        checks.allNear(
          `gradient of ${tower} at ${temperature}`,
          gradients?.[tower],
          new Float32Array(160),
          () => gradientTolerance(1 / temperature) / temperature / 20,
        );
      }
      const shares = await engine.softmax(
        new Float32Array(80).fill(1),
        { rows: 2, columns: 40 },
        temperature,
      );
      checks.allNear(
        `softmax at ${temperature}`,
        shares,
        new Float32Array(80).fill(1 / 40),
        () => 8 * EPSILON,
      );
    }
  },
};

/** What contrastive learning must do; truth 1, the plateaus of collapse, is among the edge cases. */
export const truthGroup: Group = {
  name: 'truths',
  cases: [pullEqualsPush, hardness, effectiveNegatives, streamingIsExact, noOverflow],
};
