// The gradient of encoder-outputs: dLoss/dOutputs from dLoss/dEmbeddings. On the sphere, for z = y / |y|:
//     dL/dy = (dL/dz - (dL/dz . z) z) / |y|
// Padding teaches nothing: its rows are 0.
// Needs: encoder-rows.
// Shapes: outputs, gradients and deltas = rows x dimension. One invocation: one row.

@group(0) @binding(0) var<uniform> shape: Outputs;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;
@group(0) @binding(2) var<storage, read> gradients: array<f32>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;

@compute @workgroup_size(64)
fn takeGradients(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x + invocation.y * 64u * 65535u;
  if (row >= shape.rows) {
    return;
  }
  let start = row * shape.dimension;
  let learns = !isPadding(row);
  var scale = 1.0;
  var radial = 0.0;
  if (shape.onSphere != 0u && learns) {
    var square = 0.0;
    for (var k = 0u; k < shape.dimension; k++) {
      square += outputs[start + k] * outputs[start + k];
      radial += gradients[start + k] * outputs[start + k];
    }
    scale = select(0.0, inverseSqrt(square), square >= SHORTEST_SQUARE);
    radial *= scale * scale;
  }
  for (var k = 0u; k < shape.dimension; k++) {
    deltas[start + k] = select(0.0, scale * (gradients[start + k] - radial * outputs[start + k]), learns);
  }
}
