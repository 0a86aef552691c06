// How fast the device moves memory: a streaming copy.
// Shapes: source and destination = vectors of four. One invocation: one of them, read once, written once.

@group(0) @binding(0) var<storage, read> source: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> destination: array<vec4f>;

@compute @workgroup_size(256)
fn copyVectors(@builtin(global_invocation_id) invocation: vec3u) {
  let index = invocation.x + invocation.y * 256u * 65535u;
  if (index < arrayLength(&source)) {
    destination[index] = source[index];
  }
}
