// One layer forward: outputs = activation(inputs W + b).
// Needs: encoder-layer, which has the shapes and how the tiles are shared.
// Cost: rows x inputs x outputs multiply-adds.

@group(0) @binding(0) var<uniform> layer: Layer;
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
@group(0) @binding(3) var<storage, read_write> outputs: array<f32>;

fn leftValue(row: u32, k: u32) -> f32 {
  return select(f32(k == layer.inputs), inputs[row * layer.inputs + k], k < layer.inputs && row < layer.rows);
}

fn rightValue(k: u32, column: u32) -> f32 {
  return select(0.0, weights[layer.weightStart + k * layer.outputs + column], column < layer.outputs);
}

@compute @workgroup_size(8, 8)
fn forwardLayer(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let tile = tileOf(workgroup.x, layer.outputs);
  let sums = product(tile.x, tile.y, 0u, layer.weightRows, local.xy);
  for (var i = 0u; i < 4u; i++) {
    let column = tile.y + 4u * local.x + i;
    for (var j = 0u; j < 4u; j++) {
      let row = tile.x + 4u * local.y + j;
      if (row < layer.rows && column < layer.outputs) {
        outputs[row * layer.outputs + column] = activate(layer.outputActivation, sums[i][j]);
      }
    }
  }
}
