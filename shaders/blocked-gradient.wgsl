// The gradient with respect to the (unit) points, a block of pairs at a time.
// What it computes, and its shapes, are those of workgroup-gradient.
//
// Needs: numerics, pairing, blocked-tile, pull, workgroup-pull, a loss (Anchor, arrange, pull).
// One workgroup: BLOCK rows against all columns of its part. Its invocations first turn similarities into pulls, two quads
// of rows against two quads of columns each, then share the block of pulls and collect: two quads of rows and every eighth
// component each.
// Race-free: each workgroup owns its rows of its part; barriers separate writing and reading what is staged.
// Cost: rows x columns x (2 dimension multiply-adds + one exponential per anchor end).

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> slice: Slice;
@group(0) @binding(4) var<storage, read> quads: array<vec4f>;
@group(0) @binding(5) var<storage, read> labels: array<vec4u>;
@group(0) @binding(6) var<storage, read> anchors: array<Anchor>;
@group(0) @binding(7) var<storage, read_write> gradients: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> pullSums: array<PullSum>;

const STAGED = BLOCK * BLOCK_QUADS;   // a block of pulls

// Where the pulls of the block's column quad on its row quad begin; those of the quad's next column are BLOCK_QUADS on.
// Turned by the column, so that lanes that write or read together meet in no bank.
fn pullsAt(columnQuad: u32, rowQuad: u32) -> u32 {
  return columnQuad * BLOCK + (rowQuad + columnQuad) % BLOCK_QUADS;
}

fn share(pulls: mat4x4f, columnQuad: u32, rowQuad: u32) {
  let at = pullsAt(columnQuad, rowQuad);
  staged[at] = pulls[0];
  staged[at + BLOCK_QUADS] = pulls[1];
  staged[at + 2u * BLOCK_QUADS] = pulls[2];
  staged[at + 3u * BLOCK_QUADS] = pulls[3];
}

// A matrix that turns one component of four columns into gradients of four rows.
fn sharedPulls(columnQuad: u32, rowQuad: u32) -> mat4x4f {
  let at = pullsAt(columnQuad, rowQuad);
  return mat4x4f(staged[at], staged[at + BLOCK_QUADS], staged[at + 2u * BLOCK_QUADS], staged[at + 3u * BLOCK_QUADS]);
}

// Four components of four columns, eight apart; those beyond the last repeat it.
fn componentsOf(base: u32, k: u32, last: u32) -> mat4x4f {
  return mat4x4f(
    quads[base + min(k, last)],
    quads[base + min(k + 8u, last)],
    quads[base + min(k + 16u, last)],
    quads[base + min(k + 24u, last)],
  );
}

// Adds them to the gradients from `base` on, as far as there are components.
fn collect(base: u32, k: u32, dimension: u32, collected: mat4x4f) {
  if (k < dimension) {
    gradients[base + k] += collected[0];
  }
  if (k + 8u < dimension) {
    gradients[base + k + 8u] += collected[1];
  }
  if (k + 16u < dimension) {
    gradients[base + k + 16u] += collected[2];
  }
  if (k + 24u < dimension) {
    gradients[base + k + 24u] += collected[3];
  }
}

@compute @workgroup_size(8, 8)
fn gradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let firstRow = sweep.rowStart + (slice.first + workgroup.x) * BLOCK;
  let nearQuad = firstRow / 4u + local.y;
  let farQuad = nearQuad + 8u;
  // Uniforms are read once: some drivers would fetch them anew for every pair.
  let dimension = batch.dimension;
  let end = sweep.columnEnd;
  let stride = batch.gradientParts * BLOCK;
  let constants = parameters;
  let near = rowsOf(nearQuad, labels[nearQuad], sweep.rowEnd);
  let far = rowsOf(farQuad, labels[farQuad], sweep.rowEnd);
  let nearAnchor = anchors[nearQuad];
  let farAnchor = anchors[farQuad];
  let part = workgroup.y * batch.quads;
  let nearBase = (part + nearQuad) * dimension;
  let farBase = (part + farQuad) * dimension;
  for (var k = local.x; k < dimension; k += 8u) {
    gradients[nearBase + k] = vec4f();
    gradients[farBase + k] = vec4f();
  }
  var nearSum = PullSum();
  var farSum = PullSum();
  for (var first = sweep.columnStart + workgroup.y * BLOCK; first < end; first += stride) {
    if (EXCLUSIVE && isIdle(firstRow, first)) {
      continue;
    }
    let left = first / 4u + local.x;
    let right = left + 8u;
    let tile = blockTile(firstRow / 4u, first / 4u, local);
    let nearLeft = meetAll(&nearSum, constants, tile.nearLeft, near, nearAnchor, left, end);
    let nearRight = meetAll(&nearSum, constants, tile.nearRight, near, nearAnchor, right, end);
    let farLeft = meetAll(&farSum, constants, tile.farLeft, far, farAnchor, left, end);
    let farRight = meetAll(&farSum, constants, tile.farRight, far, farAnchor, right, end);
    // The components have been read by all; the pulls take their place.
    workgroupBarrier();
    share(nearLeft, local.x, local.y);
    share(nearRight, local.x + 8u, local.y);
    share(farLeft, local.x, local.y + 8u);
    share(farRight, local.x + 8u, local.y + 8u);
    workgroupBarrier();
    // Up to eight components at a time share each matrix of pulls.
    for (var k = local.x; k < dimension; k += 64u) {
      var nearLow = mat4x4f();
      var nearHigh = mat4x4f();
      var farLow = mat4x4f();
      var farHigh = mat4x4f();
      for (var quad = 0u; quad < BLOCK_QUADS; quad++) {
        let nearPulls = sharedPulls(quad, local.y);
        let farPulls = sharedPulls(quad, local.y + 8u);
        let base = (first / 4u + quad) * dimension;
        let low = componentsOf(base, k, dimension - 1u);
        nearLow += nearPulls * low;
        farLow += farPulls * low;
        if (dimension > 32u) {
          let high = componentsOf(base, k + 32u, dimension - 1u);
          nearHigh += nearPulls * high;
          farHigh += farPulls * high;
        }
      }
      collect(nearBase, k, dimension, nearLow);
      collect(nearBase, k + 32u, dimension, nearHigh);
      collect(farBase, k, dimension, farLow);
      collect(farBase, k + 32u, dimension, farHigh);
    }
  }
  // The pulls have been read by all; the lanes' sums take their place.
  workgroupBarrier();
  let at = 4u * (local.y * 8u + local.x);
  staged[at] = nearSum.pull;
  staged[at + 1u] = nearSum.pullSimilarity;
  staged[at + 2u] = farSum.pull;
  staged[at + 3u] = farSum.pullSimilarity;
  workgroupBarrier();
  if (local.x == 0u) {
    for (var lane = 1u; lane < 8u; lane++) {
      nearSum.pull += staged[at + 4u * lane];
      nearSum.pullSimilarity += staged[at + 4u * lane + 1u];
      farSum.pull += staged[at + 4u * lane + 2u];
      farSum.pullSimilarity += staged[at + 4u * lane + 3u];
    }
    pullSums[part + nearQuad] = nearSum;
    pullSums[part + farQuad] = farSum;
  }
}
