// Sets sums to zero before they are added to. One invocation: one vector.

@group(0) @binding(0) var<storage, read_write> sums: array<vec4f>;

@compute @workgroup_size(64)
fn clearSums(@builtin(global_invocation_id) invocation: vec3u) {
  let index = invocation.x + invocation.y * 64u * 65535u;
  if (index < arrayLength(&sums)) {
    sums[index] = vec4f();
  }
}
