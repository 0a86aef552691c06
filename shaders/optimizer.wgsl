// One step of every point: optimize() of src/simulation/optimizer.ts, whose docstring has the formulas.
// Needs: run-state.
// Shapes: points, firstMoments, secondMoments = points x dimension; gradients = rows of the batch x dimension.
// One invocation: one point. An encoder's weights are points of one coordinate, each with a gradient in its own row.
// The update is recomputed rather than stored while its projections are summed up, because
// nothing may be written before it is known that the point can take the step.

// Every point has a gradient, in its own row, instead of those of the batch in theirs.
override EVERY_POINT: bool = false;

struct Optimizer {
  points: u32,
  dimension: u32,
  kind: u32,            // SGD, MOMENTUM or ADAM
  onSphere: u32,
  learningRate: f32,
}

const SGD = 0u;
const MOMENTUM = 1u;
const ADAM = 2u;

const MOMENTUM_DECAY = 0.9;
const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const EPSILON = 1e-8;
const LEAST_SQUARE = 1e-24;
const GREATEST_SQUARE = 1e24;
const SPHERE_TOLERANCE = 1e-3;

@group(0) @binding(0) var<uniform> optimizer: Optimizer;
@group(0) @binding(1) var<storage, read_write> clock: Clock;
@group(0) @binding(2) var<storage, read> origins: array<Origin>;
@group(0) @binding(3) var<storage, read> gradients: array<f32>;
@group(0) @binding(4) var<storage, read_write> points: array<f32>;
@group(0) @binding(5) var<storage, read_write> firstMoments: array<f32>;
@group(0) @binding(6) var<storage, read_write> secondMoments: array<f32>;

// What one point's update is made of; everything that the projections need to know of the whole vector.
struct Step {
  at: u32,                  // the point's first coordinate
  gradientAt: u32,          // its gradient's
  inBatch: bool,
  radialGradient: f32,      // g . x
  radialMoment: f32,        // m . x, before m is projected
  radialUpdate: f32,        // u . x, before u is projected
  firstCorrection: f32,     // 1 - decay^t
  secondCorrection: f32,
}

// 1 - decay^t for a decay just below 1, without the cancellation of the plain difference.
fn correction(decay: f32, steps: u32) -> f32 {
  let x = f32(steps) * log(decay);
  let series = -x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0)));
  return select(1.0 - exp(x), series, x > -0.05);
}

fn gradientOf(step: Step, k: u32) -> f32 {
  return select(0.0, gradients[step.gradientAt + k], step.inBatch);
}

fn tangent(step: Step, k: u32) -> f32 {
  return gradientOf(step, k) - step.radialGradient * points[step.at + k];
}

fn unprojectedMoment(step: Step, k: u32) -> f32 {
  let moment = firstMoments[step.at + k];
  switch optimizer.kind {
    case MOMENTUM: {
      return MOMENTUM_DECAY * moment + tangent(step, k);
    }
    case ADAM: {
      return FIRST_DECAY * moment + (1.0 - FIRST_DECAY) * tangent(step, k);
    }
    default: {
      return 0.0;
    }
  }
}

fn firstMoment(step: Step, k: u32) -> f32 {
  return unprojectedMoment(step, k) - step.radialMoment * points[step.at + k];
}

fn secondMoment(step: Step, k: u32) -> f32 {
  let square = tangent(step, k) * tangent(step, k);
  return SECOND_DECAY * secondMoments[step.at + k] + (1.0 - SECOND_DECAY) * square;
}

fn unprojectedUpdate(step: Step, k: u32) -> f32 {
  switch optimizer.kind {
    case MOMENTUM: {
      return firstMoment(step, k);
    }
    case ADAM: {
      let deviation = sqrt(secondMoment(step, k) / step.secondCorrection) + EPSILON;
      return firstMoment(step, k) / step.firstCorrection / deviation;
    }
    default: {
      return tangent(step, k);
    }
  }
}

fn moved(step: Step, k: u32) -> f32 {
  let x = points[step.at + k];
  return x - optimizer.learningRate * (unprojectedUpdate(step, k) - step.radialUpdate * x);
}

@compute @workgroup_size(64)
fn optimizePoints(@builtin(global_invocation_id) invocation: vec3u) {
  let point = invocation.x + invocation.y * 64u * 65535u;
  if (point >= optimizer.points) {
    return;
  }
  let dimension = optimizer.dimension;
  let onSphere = optimizer.onSphere != 0u;
  var step: Step;
  step.at = point * dimension;
  step.gradientAt = point * dimension;
  step.inBatch = true;
  if (!EVERY_POINT) {
    let origin = origins[point];
    step.gradientAt = origin.row * dimension;
    step.inBatch = origin.step == clock.step + 1u;
  }
  step.firstCorrection = correction(FIRST_DECAY, clock.optimizerSteps + 1u);
  step.secondCorrection = correction(SECOND_DECAY, clock.optimizerSteps + 1u);

  var square = 0.0;
  var gradientSquare = 0.0;
  for (var k = 0u; k < dimension; k++) {
    let x = points[step.at + k];
    let g = gradientOf(step, k);
    square += x * x;
    gradientSquare += g * g;
    step.radialGradient += g * x;
  }
  if (onSphere && abs(square - 1.0) > SPHERE_TOLERANCE) {
    if (square > LEAST_SQUARE && square < GREATEST_SQUARE) {
      for (var k = 0u; k < dimension; k++) {
        points[step.at + k] /= sqrt(square);
      }
    }
    return;
  }
  if (!(gradientSquare < GREATEST_SQUARE)) {
    return;
  }
  if (onSphere) {
    for (var k = 0u; k < dimension; k++) {
      step.radialMoment += unprojectedMoment(step, k) * points[step.at + k];
    }
    for (var k = 0u; k < dimension; k++) {
      step.radialUpdate += unprojectedUpdate(step, k) * points[step.at + k];
    }
  } else {
    step.radialGradient = 0.0;
  }
  var movedSquare = 0.0;
  for (var k = 0u; k < dimension; k++) {
    movedSquare += moved(step, k) * moved(step, k);
  }
  if (!(movedSquare < GREATEST_SQUARE)) {
    return;
  }
  let shortening = select(1.0, 1.0 / sqrt(movedSquare), onSphere);
  for (var k = 0u; k < dimension; k++) {
    let first = firstMoment(step, k);
    let second = secondMoment(step, k);
    let next = moved(step, k) * shortening;
    if (optimizer.kind != SGD) {
      firstMoments[step.at + k] = first;
    }
    if (optimizer.kind == ADAM) {
      secondMoments[step.at + k] = second;
    }
    points[step.at + k] = next;
  }
}

@compute @workgroup_size(1)
fn advanceClock() {
  clock.step += 1u;
  clock.optimizerSteps += 1u;
}
