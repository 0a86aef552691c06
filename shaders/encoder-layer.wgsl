// One layer of the encoder, y = activation(x W + b) or, the last, y = x W, and the tiled matrix product that forward,
// backward and weight gradients are: L R for matrices that each of them defines by leftValue(row, k) and
// rightValue(k, column), 0 outside.
//
// Shapes: values = rows x units, row-major; weights = weightRows x outputs from weightStart on. Biases are the last of these
// rows: the weights of an input that is always 1.
// One workgroup of 8 x 8: a tile of 32 x 32, four rows by four columns each. 16 rows of R and columns of L at a time lie in
// workgroup memory, so that each is fetched once per tile. Race-free: each workgroup owns its tile; barriers separate
// writing and reading what it shares. Sums run in order of k: the same input gives the same bits.

struct Layer {
  rows: u32,
  inputs: u32,
  outputs: u32,
  weightStart: u32,
  weightRows: u32,         // inputs, and where there are biases one more
  weights: u32,            // of all layers
  inputActivation: u32,    // LINEAR, RELU or TANH: what the layer before did to its sums
  outputActivation: u32,
}

const LINEAR = 0u;
const RELU = 1u;
const TANH = 2u;

const TILE = 32u;
const DEPTH = 16u;

var<workgroup> leftTile: array<vec4f, 128>;    // DEPTH x 8 quads of rows
var<workgroup> rightTile: array<vec4f, 128>;   // DEPTH x 8 quads of columns

fn leftQuad(row: u32, k: u32) -> vec4f {
  return vec4f(leftValue(row, k), leftValue(row + 1u, k), leftValue(row + 2u, k), leftValue(row + 3u, k));
}

fn rightQuad(k: u32, column: u32) -> vec4f {
  return vec4f(rightValue(k, column), rightValue(k, column + 1u), rightValue(k, column + 2u), rightValue(k, column + 3u));
}

// Summed over k from start to end - 1; [i] is the i-th of four columns, for the four rows, of this invocation.
fn product(firstRow: u32, firstColumn: u32, start: u32, end: u32, local: vec2u) -> mat4x4f {
  var sum = mat4x4f();
  let invocation = 8u * local.y + local.x;
  for (var first = start; first < end; first += DEPTH) {
    for (var part = 0u; part < 128u; part += 64u) {
      let at = part + invocation;
      let k = first + at / 8u;
      let offset = 4u * (at % 8u);
      leftTile[at] = vec4f();
      rightTile[at] = vec4f();
      if (k < end) {
        leftTile[at] = leftQuad(firstRow + offset, k);
        rightTile[at] = rightQuad(k, firstColumn + offset);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < 8u * DEPTH; k += 8u) {
      let left = leftTile[k + local.y];
      let right = rightTile[k + local.x];
      sum[0] += left * right.x;
      sum[1] += left * right.y;
      sum[2] += left * right.z;
      sum[3] += left * right.w;
    }
    workgroupBarrier();
  }
  return sum;
}

// The tile of a workgroup, in rows of tiles: its first row and first column.
fn tileOf(workgroup: u32, columns: u32) -> vec2u {
  let across = (columns + TILE - 1u) / TILE;
  return TILE * vec2u(workgroup / across, workgroup % across);
}

// 1 - 2 / (exp(2 x) + 1) without overflow; the built-in function may make infinities on the way.
fn hyperbolicTangent(x: f32) -> f32 {
  let e = exp(-2.0 * abs(x));
  return sign(x) * (1.0 - e) / (1.0 + e);
}

fn activate(activation: u32, sum: f32) -> f32 {
  switch activation {
    case RELU: {
      return max(0.0, sum);
    }
    case TANH: {
      return hyperbolicTangent(sum);
    }
    default: {
      return sum;
    }
  }
}

// d activation / d sum, from the activation's value.
fn derivative(activation: u32, value: f32) -> f32 {
  switch activation {
    case RELU: {
      return select(0.0, 1.0, value > 0.0);
    }
    case TANH: {
      return 1.0 - value * value;
    }
    default: {
      return 1.0;
    }
  }
}
