// How fast the device multiplies and adds when it fetches nothing: eight sums per invocation that stay in registers and do
// not wait for each other.
// Shapes: sums = invocations. One invocation: 64 multiply-adds a step; it writes its own sum.

struct Ceiling {
  invocations: u32,
  steps: u32,
  factor: f32,           // below 1, so that sums stay finite; a uniform, so that the compiler knows nothing of it
  term: f32,
}

@group(0) @binding(0) var<uniform> ceiling: Ceiling;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(256)
fn multiplyAdd(@builtin(global_invocation_id) invocation: vec3u) {
  let index = invocation.x;
  if (index >= ceiling.invocations) {
    return;
  }
  let factor = ceiling.factor;
  let term = ceiling.term;
  var a = vec4f(0.0, 1.0, 2.0, 3.0) + f32(index);
  var b = a + 4.0;
  for (var step = 0u; step < ceiling.steps; step++) {
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
    a = a * factor + term;
    b = b * factor + term;
  }
  let sum = a + b;
  sums[index] = sum.x + sum.y + sum.z + sum.w;
}
