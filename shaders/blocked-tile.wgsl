// A block of the pair matrix, 64 x 64, fed through workgroup memory: each of 8 x 8 invocations multiplies two quads of rows
// with two of columns. Per component it loads four vectors and does 64 multiply-adds, for GPUs to which a load is dear.
// Needs: pairing, the bindings `batch` and `quads`, and STAGED, the vectors of workgroup memory that its user wants.

const BLOCK = 64u;                // points of a block, on either side
const BLOCK_QUADS = 16u;
const DEPTH = 16u;                // components that are staged at a time
const PITCH = BLOCK_QUADS + 1u;   // from one to the next: one more than is used, so that no two lanes meet in a bank
const COLUMNS = DEPTH * PITCH;    // where the columns lie, behind the rows

var<workgroup> staged: array<vec4f, STAGED>;

// The similarities of one invocation, a vector of four rows per column: the near and the far quad of its rows, y and y + 8
// of the block, with the left and the right one of its columns, x and x + 8.
struct BlockTile {
  nearLeft: mat4x4f,
  nearRight: mat4x4f,
  farLeft: mat4x4f,
  farRight: mat4x4f,
}

// Component k of four points, 0 beyond the dimension.
fn component(quad: u32, k: u32, dimension: u32) -> vec4f {
  if (k < dimension) {
    return quads[quad * dimension + k];
  }
  return vec4f();
}

// From the block's first quads. All invocations of the workgroup have to come here together.
fn blockTile(rowQuad: u32, columnQuad: u32, local: vec3u) -> BlockTile {
  let dimension = batch.dimension;
  let lane = local.y * 8u + local.x;
  var tile = BlockTile();
  for (var first = 0u; first < dimension; first += DEPTH) {
    workgroupBarrier();
    for (var index = lane; index < BLOCK_QUADS * DEPTH; index += 64u) {
      let quad = index / DEPTH;
      let k = index % DEPTH;
      staged[k * PITCH + quad] = component(rowQuad + quad, first + k, dimension);
      staged[COLUMNS + k * PITCH + quad] = component(columnQuad + quad, first + k, dimension);
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let at = k * PITCH;
      let near = staged[at + local.y];
      let far = staged[at + local.y + 8u];
      let left = staged[COLUMNS + at + local.x];
      let right = staged[COLUMNS + at + local.x + 8u];
      tile.nearLeft += outer(left, near);
      tile.nearRight += outer(right, near);
      tile.farLeft += outer(left, far);
      tile.farRight += outer(right, far);
    }
  }
  return tile;
}
