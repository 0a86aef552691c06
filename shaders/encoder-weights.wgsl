// The gradient of one layer's weights: dLoss/dW = x^T (dLoss/d sums).
// The batch is split, so that a small layer still keeps a large device busy; encoder-total adds the splits up in order.
// Needs: encoder-layer, which has the shapes and how the tiles are shared.
// Shapes: inputs = rows x inputs; deltas = rows x outputs; partials = splits x all weights of the encoder.
// Cost: rows x inputs x outputs multiply-adds.

const SPLIT_ROWS = 256u;

@group(0) @binding(0) var<uniform> layer: Layer;
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> deltas: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

fn leftValue(row: u32, k: u32) -> f32 {
  return select(f32(row == layer.inputs), inputs[k * layer.inputs + row], row < layer.inputs);
}

fn rightValue(k: u32, column: u32) -> f32 {
  return select(0.0, deltas[k * layer.outputs + column], column < layer.outputs);
}

@compute @workgroup_size(8, 8)
fn weightGradient(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let tile = tileOf(workgroup.x, layer.outputs);
  let split = workgroup.y;
  let end = min(layer.rows, (split + 1u) * SPLIT_ROWS);
  let sums = product(tile.x, tile.y, split * SPLIT_ROWS, end, local.xy);
  let start = split * layer.weights + layer.weightStart;
  for (var i = 0u; i < 4u; i++) {
    let column = tile.y + 4u * local.x + i;
    for (var j = 0u; j < 4u; j++) {
      let row = tile.x + 4u * local.y + j;
      if (row < layer.weightRows && column < layer.outputs) {
        partials[start + row * layer.outputs + column] = sums[i][j];
      }
    }
  }
}
