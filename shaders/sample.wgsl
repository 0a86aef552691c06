// Draws the batch of a step, without replacement, and gathers it: sample() of src/data/dataset.ts, bit for bit.
// Needs: random, dataset, run-state.
// Shapes: points = points x dimension; embeddings = rows of the batch x dimension, first views from row 0, second
// views from row secondStart; labels = rows; origins = points. One invocation: one pair. Race-free: no point is in a
// batch twice.

struct Sampling {
  pairs: u32,         // in this batch, B
  secondStart: u32,   // row of the first second view
  dimension: u32,
  paired: u32,        // 1 = queries and keys, whose labels never change
}

@group(0) @binding(0) var<uniform> dataset: Dataset;
@group(0) @binding(1) var<uniform> sampling: Sampling;
@group(0) @binding(2) var<storage, read> clock: Clock;
@group(0) @binding(3) var<storage, read> points: array<f32>;
@group(0) @binding(4) var<storage, read_write> embeddings: array<f32>;
@group(0) @binding(5) var<storage, read_write> labels: array<u32>;
@group(0) @binding(6) var<storage, read_write> origins: array<Origin>;

fn place(point: u32, row: u32, label: u32) {
  origins[point] = Origin(clock.step + 1u, row);
  if (sampling.paired == 0u) {
    labels[row] = label;
  }
  for (var k = 0u; k < sampling.dimension; k++) {
    embeddings[row * sampling.dimension + k] = points[point * sampling.dimension + k];
  }
}

@compute @workgroup_size(64)
fn sampleBatch(@builtin(global_invocation_id) invocation: vec3u) {
  let slot = invocation.x + invocation.y * 64u * 65535u;
  if (slot >= sampling.pairs) {
    return;
  }
  var pair = slot;
  if (sampling.pairs < dataset.available) {
    pair = permute(slot, dataset.available, dataset.seed, clock.step, BATCH_STREAM);
  }
  let drawn = pairOf(pair, clock.step);
  place(drawn.x, slot, labelOf(drawn.x, pair));
  place(drawn.y, sampling.secondStart + slot, labelOf(drawn.y, pair));
}
