// One layer backward: dLoss/d(sums of the layer before) = (dLoss/d(own sums) W^T) * derivative of the activation between.
// Needs: encoder-layer, which has the shapes and how the tiles are shared.
// Shapes: inputs and inputDeltas = rows x inputs; deltas = rows x outputs.
// Cost: rows x inputs x outputs multiply-adds.

@group(0) @binding(0) var<uniform> layer: Layer;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
@group(0) @binding(3) var<storage, read> deltas: array<f32>;
@group(0) @binding(4) var<storage, read_write> inputDeltas: array<f32>;

fn leftValue(row: u32, k: u32) -> f32 {
  return select(0.0, deltas[row * layer.outputs + k], row < layer.rows);
}

fn rightValue(k: u32, column: u32) -> f32 {
  return select(0.0, weights[layer.weightStart + column * layer.outputs + k], column < layer.inputs);
}

@compute @workgroup_size(8, 8)
fn backwardLayer(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let tile = tileOf(workgroup.x, layer.inputs);
  let sums = product(tile.x, tile.y, 0u, layer.outputs, local.xy);
  for (var i = 0u; i < 4u; i++) {
    let column = tile.y + 4u * local.x + i;
    for (var j = 0u; j < 4u; j++) {
      let row = tile.x + 4u * local.y + j;
      if (row < layer.rows && column < layer.inputs) {
        let at = row * layer.inputs + column;
        inputDeltas[at] = sums[i][j] * derivative(layer.inputActivation, inputs[at]);
      }
    }
  }
}
