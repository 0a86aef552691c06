// Where points are drawn: src/simulation/projection.ts in single precision. Up to three dimensions the coordinates
// themselves, above them the coordinates on three principal axes, found by warm-started orthogonal iteration.
// Shapes: points = points x dimension; axes and images = 3 x dimension; positions = points.

struct Projection {
  points: u32,
  dimension: u32,
}

const SHOWN = 3u;
const LEAST_NEW_PART = 1e-10;

@group(0) @binding(0) var<uniform> projection: Projection;
@group(0) @binding(1) var<storage, read> points: array<f32>;
@group(0) @binding(2) var<storage, read_write> axes: array<f32>;
@group(0) @binding(3) var<storage, read_write> images: array<f32>;
@group(0) @binding(4) var<storage, read_write> positions: array<vec4f>;

// X V: one invocation, one point.
@compute @workgroup_size(64)
fn projectPoints(@builtin(global_invocation_id) invocation: vec3u) {
  let point = invocation.x + invocation.y * 64u * 65535u;
  if (point >= projection.points) {
    return;
  }
  let dimension = projection.dimension;
  var position = vec4f();
  for (var k = 0u; k < dimension; k++) {
    let x = points[point * dimension + k];
    if (dimension <= SHOWN) {
      position[k] = x;
    } else {
      position += x * vec4f(axes[k], axes[dimension + k], axes[2u * dimension + k], 0.0);
    }
  }
  positions[point] = position;
}

var<workgroup> lanes: array<vec3f, 64>;

// X^T (X V): one workgroup, one coordinate; a fixed tree over the points.
@compute @workgroup_size(64)
fn imageAxes(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
  let k = workgroup.x;
  var sum = vec3f();
  for (var point = index; point < projection.points; point += 64u) {
    sum += points[point * projection.dimension + k] * positions[point].xyz;
  }
  lanes[index] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      lanes[index] += lanes[index + half];
    }
  }
  if (index == 0u) {
    images[k] = lanes[0].x;
    images[projection.dimension + k] = lanes[0].y;
    images[2u * projection.dimension + k] = lanes[0].z;
  }
}

// Gram-Schmidt, twice, on one invocation: three axes of at most a few hundred coordinates. Where the cloud has no
// extent left the old axis serves, and where that is taken any coordinate axis.
@compute @workgroup_size(1)
fn orthonormalizeAxes() {
  for (var shown = 0u; shown < SHOWN; shown++) {
    for (var attempt = 0u; attempt < 2u + SHOWN; attempt++) {
      if (takeDirection(shown, attempt)) {
        break;
      }
    }
  }
}

fn candidate(shown: u32, attempt: u32, k: u32) -> f32 {
  switch attempt {
    case 0u: {
      return images[shown * projection.dimension + k];
    }
    case 1u: {
      return axes[shown * projection.dimension + k];
    }
    default: {
      return select(0.0, 1.0, k == attempt - 2u);
    }
  }
}

// Writes the unit vector of what a candidate has beyond the axes before it, if anything; images serve as scratch.
fn takeDirection(shown: u32, attempt: u32) -> bool {
  let dimension = projection.dimension;
  let own = shown * dimension;
  var largest = 0.0;
  for (var k = 0u; k < dimension; k++) {
    largest = max(largest, abs(candidate(shown, attempt, k)));
  }
  if (!(largest > 1e-30)) {
    return false;
  }
  var whole = 0.0;
  for (var k = 0u; k < dimension; k++) {
    let value = candidate(shown, attempt, k) / largest;
    images[own + k] = value;
    whole += value * value;
  }
  for (var round = 0u; round < 2u; round++) {
    for (var before = 0u; before < shown; before++) {
      var along = 0.0;
      for (var k = 0u; k < dimension; k++) {
        along += images[own + k] * axes[before * dimension + k];
      }
      for (var k = 0u; k < dimension; k++) {
        images[own + k] -= along * axes[before * dimension + k];
      }
    }
  }
  var square = 0.0;
  var overlap = 0.0;
  for (var k = 0u; k < dimension; k++) {
    square += images[own + k] * images[own + k];
    overlap += images[own + k] * axes[own + k];
  }
  if (!(square > LEAST_NEW_PART * whole)) {
    return false;
  }
  let scale = select(1.0, -1.0, overlap < 0.0) / sqrt(square);
  for (var k = 0u; k < dimension; k++) {
    axes[own + k] = scale * images[own + k];
  }
  return true;
}
