// The last outputs of the encoder become the embeddings of a batch: on the sphere divided by their length, as a layer
// of its own; a vector shorter than 1e-12 has no direction and becomes 0.
// Needs: encoder-rows.
// Shapes: outputs and embeddings = rows x dimension; padding is left alone. One invocation: one row.

@group(0) @binding(0) var<uniform> shape: Outputs;
@group(0) @binding(1) var<storage, read> outputs: array<f32>;
@group(0) @binding(2) var<storage, read_write> embeddings: array<f32>;

@compute @workgroup_size(64)
fn writeEmbeddings(@builtin(global_invocation_id) invocation: vec3u) {
  let row = invocation.x + invocation.y * 64u * 65535u;
  if (row >= shape.rows || isPadding(row)) {
    return;
  }
  let start = row * shape.dimension;
  var scale = 1.0;
  if (shape.onSphere != 0u) {
    var square = 0.0;
    for (var k = 0u; k < shape.dimension; k++) {
      square += outputs[start + k] * outputs[start + k];
    }
    scale = select(0.0, inverseSqrt(square), square >= SHORTEST_SQUARE);
  }
  for (var k = 0u; k < shape.dimension; k++) {
    embeddings[start + k] = scale * outputs[start + k];
  }
}
