// Alignment, uniformity and radius of a run: src/simulation/metrics.ts in single precision.
// Needs: random, dataset, run-state, terms.
// Shapes: points = points x dimension; rowSums = measured points; pairDistances = measured pairs; report = one.

struct Measurement {
  dimension: u32,
  points: u32,           // all of them
  measured: u32,         // the first of them whose uniformity is measured
  pairs: u32,            // the first pairs whose alignment is measured
  batchPoints: u32,      // 2B, for the mean over the batch
  towers: u32,           // anchors that one counted term was summed over: 2 where both towers are anchors
}

struct Report {
  step: u32,
  count: u32,
  loss: f32,
  gradientNorm: f32,
  alignment: f32,
  uniformity: f32,
  radius: f32,
}

@group(0) @binding(0) var<uniform> dataset: Dataset;
@group(0) @binding(1) var<uniform> measurement: Measurement;
@group(0) @binding(2) var<storage, read> clock: Clock;
@group(0) @binding(3) var<storage, read> points: array<f32>;
@group(0) @binding(4) var<storage, read> gradients: array<f32>;
@group(0) @binding(5) var<storage, read> totals: Totals;
@group(0) @binding(6) var<storage, read_write> rowSums: array<f32>;
@group(0) @binding(7) var<storage, read_write> pairDistances: array<f32>;
@group(0) @binding(8) var<storage, read_write> report: Report;

fn squaredLength(point: u32) -> f32 {
  var sum = 0.0;
  for (var k = 0u; k < measurement.dimension; k++) {
    let x = points[point * measurement.dimension + k];
    sum += x * x;
  }
  return sum;
}

// Squared distance of two points after normalization, by differences, so that coincident points are exactly 0 apart; a
// zero vector stays zero.
fn squaredDistance(a: u32, b: u32) -> f32 {
  let squareA = squaredLength(a);
  let squareB = squaredLength(b);
  let scaleA = select(0.0, inverseSqrt(squareA), squareA > 0.0);
  let scaleB = select(0.0, inverseSqrt(squareB), squareB > 0.0);
  var sum = 0.0;
  for (var k = 0u; k < measurement.dimension; k++) {
    let difference = scaleA * points[a * measurement.dimension + k] - scaleB * points[b * measurement.dimension + k];
    sum += difference * difference;
  }
  return sum;
}

// One invocation: the mean over j of exp(-2 |x_i - x_j|^2), i = j included. The cosine does here: an error of 1e-7 in the
// distance is one of 1e-7 in the exponential.
@compute @workgroup_size(64)
fn measureUniformity(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x;
  if (row >= measurement.measured) {
    return;
  }
  let dimension = measurement.dimension;
  let rowSquare = squaredLength(row);
  let rowScale = select(0.0, inverseSqrt(rowSquare), rowSquare > 0.0);
  var sum = 0.0;
  for (var column = 0u; column < measurement.measured; column++) {
    var product = 0.0;
    var columnSquare = 0.0;
    for (var k = 0u; k < dimension; k++) {
      let x = points[column * dimension + k];
      product += x * points[row * dimension + k];
      columnSquare += x * x;
    }
    // One length after the other: the product of both squares could overflow.
    let scale = select(0.0, inverseSqrt(columnSquare), columnSquare > 0.0);
    let cosine = product * scale * rowScale;
    let lengthsAfter = select(0.0, 1.0, rowSquare > 0.0) + select(0.0, 1.0, columnSquare > 0.0);
    sum += exp(-2.0 * max(0.0, lengthsAfter - 2.0 * cosine));
  }
  rowSums[row] = sum / f32(measurement.measured);
}

// One invocation: one positive pair.
@compute @workgroup_size(64)
fn measureAlignment(@builtin(global_invocation_id) invocation: vec3u) {
  let pair = invocation.x;
  if (pair < measurement.pairs) {
    let ends = pairOf(pair, clock.step);
    pairDistances[pair] = squaredDistance(ends.x, ends.y);
  }
}

var<workgroup> lanes: array<vec4f, 256>;

// Row sums, pair distances and squared gradients are added up, squared lengths compared: one workgroup, a fixed tree.
@compute @workgroup_size(256)
fn summarize(@builtin(local_invocation_index) index: u32) {
  var lane = vec4f();
  for (var row = index; row < measurement.measured; row += 256u) {
    lane.x += rowSums[row];
  }
  for (var pair = index; pair < measurement.pairs; pair += 256u) {
    lane.y += pairDistances[pair];
  }
  for (var at = index; at < arrayLength(&gradients); at += 256u) {
    lane.z += gradients[at] * gradients[at];
  }
  for (var point = index; point < measurement.points; point += 256u) {
    lane.w = max(lane.w, squaredLength(point));
  }
  lanes[index] = lane;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      let other = lanes[index + half];
      lanes[index] = vec4f(lanes[index].xyz + other.xyz, max(lanes[index].w, other.w));
    }
  }
  if (index == 0u) {
    let sums = lanes[0];
    report.step = clock.step;
    report.count = totals.count / measurement.towers;
    report.loss = totals.loss / f32(max(totals.count, 1u));
    report.gradientNorm = sqrt(sums.z / f32(max(measurement.batchPoints, 1u)));
    report.alignment = sums.y / f32(max(measurement.pairs, 1u));
    report.uniformity = log(sums.x / f32(measurement.measured));
    report.radius = sqrt(sums.w);
  }
}
