/**
 * The points of an evaluation on their way into the kernels' memory and out of it, for one dimension. They are measured
 * in double precision, in which the squares of single precision numbers neither overflow nor underflow.
 */
import { SHORTEST } from '../../normalization.ts';
import type { FunctionBuilder, Local, ModuleBuilder } from '../wasm/assembler.ts';
import { QUAD, VECTOR } from './tile.ts';
import { transposed4 } from './transposed.ts';

export interface PointKernels {
  /** Divides `count` vectors, which lie row-major, by their lengths or SHORTEST, and notes the lengths: one f32 each. */
  normalize(vectors: number, count: number, norms: number): void;

  /** Lays vectors out as quads, see products.ts. */
  layOut(vectors: number, quads: number, points: number): void;

  /**
   * Writes weight x the gathered gradient, which lies in quads, in place of the vectors.
   * @param weight where it lies, as f64.
   */
  giveBack(vectors: number, quads: number, gradient: number, weight: number): void;

  /**
   * The same with respect to what was passed in before it was normalized: through u = x / |x| it is
   * (g - (g . u) u) / |x|. Vectors shorter than 1e-12 get 0, where torch multiplies by 1e12 and throws them away.
   */
  giveBackNormalized(vectors: number, quads: number, gradient: number, weight: number, norms: number): void;

  /** Multiplies `count` vectors by the weight. */
  scale(vectors: number, count: number, weight: number): void;
}

/** Four numbers in double precision: the first two and the last two. */
type Doubles = readonly [Local, Local];

/** Part of the components of one vector: four, or one where fewer are left. */
type Width = 4 | 1;

export function writePoints(module: ModuleBuilder, dimension: number): void {
  writeNormalize(module, dimension);
  writeLayOut(module, dimension);
  writeGiveBack(module, dimension, false);
  writeGiveBack(module, dimension, true);
  writeScale(module, dimension);
}

function writeNormalize(module: ModuleBuilder, dimension: number): void {
  module.function('normalize', 3, (f, vectors, count, norms) => {
    const norm = f.moving(norms);
    f.forEachOf(vectors, count, 4 * dimension, (vector) => {
      const squares = [f.zeros(), f.zeros()] as const;
      forEachPart(f, dimension, vector, (at, width) => {
        const part = toDoubles(f, loadPart(f, at, width));
        addProducts(f, squares, part, part);
      });
      const halves = f.let('f64x2.add', ...squares);
      const length = f.let('f64x2.sqrt', f.let('f64x2.add', halves, f.shuffle(halves, halves, [2, 3, 0, 1])));
      f.storeOne(norm.at, 0, f.let('f32x4.demote_f64x2_zero', length));
      norm.move(4);
      const divisor = f.let('f64x2.pmax', f.constant(SHORTEST, 'f64'), length);
      const scale = f.let('f64x2.div', f.constant(1, 'f64'), divisor);
      scaleParts(f, dimension, vector, scale);
    });
  });
}

function writeScale(module: ModuleBuilder, dimension: number): void {
  module.function('scale', 3, (f, vectors, count, weight) => {
    const by = f.loadDouble(weight);
    f.forEachOf(vectors, count, 4 * dimension, (vector) => scaleParts(f, dimension, vector, by));
  });
}

function scaleParts(f: FunctionBuilder, dimension: number, vector: Local, by: Local): void {
  forEachPart(f, dimension, vector, (at, width) => {
    const part = toDoubles(f, loadPart(f, at, width));
    storePart(
      f,
      at,
      width,
      toSingles(
        f,
        mapDoubles(part, (half) => f.let('f64x2.mul', half, by)),
      ),
    );
  });
}

function writeLayOut(module: ModuleBuilder, dimension: number): void {
  const bytes = 4 * dimension;
  module.function('layOut', 3, (f, vectors, quads, points) => {
    const target = f.moving(points);
    f.forEachOf(vectors, quads, QUAD * bytes, (quad) =>
      forEachPart(f, dimension, quad, (at, width) => {
        const components = loadComponents(f, at, width, bytes);
        components.forEach((component, index) => f.store(target.at, index * VECTOR, component));
        target.move(width * VECTOR);
      }),
    );
  });
}

function writeGiveBack(module: ModuleBuilder, dimension: number, normalized: boolean): void {
  const bytes = 4 * dimension;
  module.function(
    normalized ? 'giveBackNormalized' : 'giveBack',
    normalized ? 5 : 4,
    (f, vectors, quads, gradient, weight, norms) => {
      const weights = f.loadDouble(weight);
      const source = f.moving(gradient);
      const norm = normalized ? f.moving(norms) : undefined;
      f.forEachOf(vectors, quads, QUAD * bytes, (quad) => {
        let by: Doubles = [weights, weights];
        const radial = [f.zeros(), f.zeros()] as const;
        if (norm) {
          by = mapDoubles(toDoubles(f, f.load(norm.at)), (length) =>
            f.let(
              'v128.and',
              f.let('f64x2.div', weights, length),
              f.let('f64x2.ge', length, f.constant(SHORTEST, 'f64')),
            ),
          );
          norm.move(VECTOR);
          const gathered = f.moving(source.at);
          forEachPart(f, dimension, quad, (at, width) => {
            loadComponents(f, at, width, bytes).forEach((component, index) =>
              addProducts(
                f,
                radial,
                toDoubles(f, f.load(gathered.at, index * VECTOR)),
                toDoubles(f, component),
              ),
            );
            gathered.move(width * VECTOR);
          });
        }
        forEachPart(f, dimension, quad, (at, width) => {
          const components = normalized ? loadComponents(f, at, width, bytes) : [];
          const results = Array.from({ length: width }, (_, index) => {
            const pulls = toDoubles(f, f.load(source.at, index * VECTOR));
            const along = normalized ? toDoubles(f, components[index]) : undefined;
            return toSingles(
              f,
              mapDoubles(pulls, (pull, half) => {
                if (!along) return f.let('f64x2.mul', pull, by[half]);
                const inward = f.let('f64x2.mul', radial[half], along[half]);
                return f.let('f64x2.mul', f.let('f64x2.sub', pull, inward), by[half]);
              }),
            );
          });
          storeComponents(f, at, width, bytes, results);
          source.move(width * VECTOR);
        });
      });
    },
  );
}

/** Runs the body for four components of a vector after another, and then for each that is left. */
function forEachPart(
  f: FunctionBuilder,
  dimension: number,
  vector: Local,
  body: (at: Local, width: Width) => void,
): void {
  const whole = dimension - (dimension % 4);
  if (whole > 0) {
    f.forEach(vector, f.letInteger('i32.add', vector, 4 * whole), VECTOR, (at) => body(at, 4));
  }
  for (let k = whole; k < dimension; k++) body(f.letInteger('i32.add', vector, 4 * k), 1);
}

function loadPart(f: FunctionBuilder, at: Local, width: Width, offset = 0): Local {
  return width === 4 ? f.load(at, offset) : f.loadOne(at, offset);
}

function storePart(f: FunctionBuilder, at: Local, width: Width, value: Local, offset = 0): void {
  if (width === 4) f.store(at, offset, value);
  else f.storeOne(at, offset, value);
}

/** The components at `at` of the four vectors of a quad: one vector for each component. */
function loadComponents(f: FunctionBuilder, at: Local, width: Width, bytes: number): Local[] {
  const rows = Array.from({ length: QUAD }, (_, row) => loadPart(f, at, width, row * bytes));
  return transposed4(f, rows).slice(0, width);
}

function storeComponents(f: FunctionBuilder, at: Local, width: Width, bytes: number, components: Local[]) {
  const rows = transposed4(
    f,
    Array.from({ length: 4 }, (_, index) => components[index % width]),
  );
  rows.forEach((row, index) => storePart(f, at, width, row, index * bytes));
}

function toDoubles(f: FunctionBuilder, numbers: Local): Doubles {
  const last = f.shuffle(numbers, numbers, [2, 3, 2, 3]);
  return [f.let('f64x2.promote_low_f32x4', numbers), f.let('f64x2.promote_low_f32x4', last)];
}

function toSingles(f: FunctionBuilder, [first, last]: Doubles): Local {
  const [low, high] = [first, last].map((half) => f.let('f32x4.demote_f64x2_zero', half));
  return f.shuffle(low, high, [0, 1, 4, 5]);
}

function mapDoubles(halves: Doubles, body: (half: Local, index: 0 | 1) => Local): Doubles {
  return [body(halves[0], 0), body(halves[1], 1)];
}

/** sums += a x b. */
function addProducts(f: FunctionBuilder, sums: Doubles, a: Doubles, b: Doubles): void {
  for (const half of [0, 1] as const) {
    f.assign(sums[half], 'f64x2.add', sums[half], f.let('f64x2.mul', a[half], b[half]));
  }
}
