// Adds up what the subgroup kernels collected of the gradient, and lays it out as quads. Needs: pairing.
// Shapes: collected = gradientParts x points x chunks; gradients = quads x dimension.
// One invocation: one quad. The parts are added in a fixed order. Cost: one read of the parts, one write.

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> collected: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> gradients: array<vec4f>;

fn chunkOf(point: u32, chunk: u32, chunks: u32) -> vec4f {
  var sum = vec4f();
  for (var part = 0u; part < batch.gradientParts; part++) {
    sum += collected[(part * 4u * batch.quads + point) * chunks + chunk];
  }
  return sum;
}

@compute @workgroup_size(64)
fn collectGradient(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x + invocation.y * 64u * 65535u;
  if (quad >= batch.quads) {
    return;
  }
  let chunks = chunksOf(batch.dimension);
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let components = transpose(mat4x4f(
      chunkOf(4u * quad, chunk, chunks),
      chunkOf(4u * quad + 1u, chunk, chunks),
      chunkOf(4u * quad + 2u, chunk, chunks),
      chunkOf(4u * quad + 3u, chunk, chunks),
    ));
    for (var k = 0u; k < 4u && 4u * chunk + k < batch.dimension; k++) {
      gradients[quad * batch.dimension + 4u * chunk + k] = components[k];
    }
  }
}
