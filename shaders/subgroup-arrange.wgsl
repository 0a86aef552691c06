// Lays the points out for the subgroup kernels: row by row in vectors of four components, so that a lane loads its own
// point in few and short steps. Needs: pairing.
// Shapes: quads = points x dimension (see pairing); points = points x chunks, 0 beyond the dimension.
// One invocation: one quad. Cost: one read and one write of the points.

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(1) var<storage, read> quads: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> points: array<vec4f>;

fn component(quad: u32, k: u32) -> vec4f {
  return select(vec4f(), quads[quad * batch.dimension + k], k < batch.dimension);
}

@compute @workgroup_size(64)
fn arrangePoints(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x + invocation.y * 64u * 65535u;
  if (quad >= batch.quads) {
    return;
  }
  let chunks = chunksOf(batch.dimension);
  for (var chunk = 0u; chunk < chunks; chunk++) {
    let k = 4u * chunk;
    let rows = transpose(mat4x4f(
      component(quad, k),
      component(quad, k + 1u),
      component(quad, k + 2u),
      component(quad, k + 3u),
    ));
    let at = 4u * quad * chunks + chunk;
    points[at] = rows[0];
    points[at + chunks] = rows[1];
    points[at + 2u * chunks] = rows[2];
    points[at + 3u * chunks] = rows[3];
  }
}
