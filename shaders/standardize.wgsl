// Centres every feature over the batch and, for correlations, divides it by its standard deviation as batch
// normalization does: the square root of the biased variance + 1e-5.
//
// Needs: features.
// Shapes: quads and standardized = quads x dimension, as in pairing, zeros in the padding; columns = 2 x dimension.
// One workgroup: four features of one tower, 64 invocations each, which add up in a fixed tree. Every value is first
// shifted by that of the first point, so that neither a large mean costs digits nor does a constant feature leave any
// rounding behind. Race-free: an invocation writes what no other reads. Cost: four reads of the points and one write.

@group(0) @binding(0) var<uniform> features: Features;
@group(0) @binding(2) var<storage, read> quads: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> standardized: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> columns: array<Column>;

const SMALLEST_VARIANCE = 1e-5;
const LANES = 64u;

var<workgroup> lanes: array<vec2f, 256>;

// The sum over the 64 invocations of a feature; they all get it.
fn total(local: vec3u, value: vec2f) -> vec2f {
  let at = 4u * local.y + local.x;
  lanes[at] = value;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.y < half) {
      lanes[at] += lanes[at + 4u * half];
    }
  }
  workgroupBarrier();
  let sum = lanes[local.x];
  workgroupBarrier();
  return sum;
}

// Four points' distance from `centre`, in two steps; 0 for padding.
fn deviation(quad: u32, values: vec4f, shift: f32, centre: f32) -> vec4f {
  let inside = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u) < vec4u(features.rows);
  return select(vec4f(), (values - shift) - centre, inside);
}

@compute @workgroup_size(4, 64)
fn standardizeFeatures(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let dimension = features.dimension;
  let count = f32(features.rows);
  let towerQuads = features.towerQuads;
  let feature = min(4u * workgroup.x + local.x, dimension - 1u);
  let isMine = 4u * workgroup.x + local.x < dimension;
  let start = workgroup.y * towerQuads * dimension + feature;
  let other = (1u - workgroup.y) * towerQuads * dimension + feature;
  let shift = quads[start].x;

  var sum = vec2f();
  for (var first = local.y; first < towerQuads; first += 16u * LANES) {
    // Partial sums of sixteen keep the error of large batches small.
    var partial = vec2f();
    for (var quad = first; quad < min(first + 16u * LANES, towerQuads); quad += LANES) {
      partial.x += dot(deviation(quad, quads[start + quad * dimension], shift, 0.0), vec4f(1.0));
    }
    sum += partial;
  }
  let centre = total(local, sum).x / count;

  sum = vec2f();
  for (var first = local.y; first < towerQuads; first += 16u * LANES) {
    var partial = vec2f();
    for (var quad = first; quad < min(first + 16u * LANES, towerQuads); quad += LANES) {
      let values = quads[start + quad * dimension];
      let centred = deviation(quad, values, shift, centre);
      let difference = deviation(quad, values - quads[other + quad * dimension], 0.0, 0.0);
      partial += vec2f(dot(centred, centred), dot(difference, difference));
    }
    sum += partial;
  }
  let squares = total(local, sum);
  var inverseDeviation = 1.0;
  if (CORRELATION) {
    inverseDeviation = 1.0 / sqrt(squares.x / count + SMALLEST_VARIANCE);
  }

  if (!isMine) {
    return;
  }
  for (var quad = local.y; quad < towerQuads; quad += LANES) {
    let at = start + quad * dimension;
    standardized[at] = inverseDeviation * deviation(quad, quads[at], shift, centre);
  }
  if (local.y == 0u) {
    columns[workgroup.y * dimension + feature] = Column(inverseDeviation, squares.y);
  }
}
