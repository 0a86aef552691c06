// Turns the partial results of subgroup-statistics, four of one anchor each, into parts that hold one of four anchors
// each, which is what finish combines.
// Shapes: partials = parts x quads x vectors, whatever the vectors mean. One invocation: one vector of the four anchors
// of one quad, in four parts. Race-free: each invocation owns its sixteen numbers.

struct Transposition {
  quads: u32,
  vectors: u32,     // in one entry
  firstPart: u32,   // of four
}

@group(0) @binding(0) var<uniform> transposition: Transposition;
@group(0) @binding(1) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(64)
fn transposeParts(@builtin(global_invocation_id) invocation: vec3u) {
  let part = transposition.quads * transposition.vectors;
  let index = invocation.x + invocation.y * 64u * 65535u;
  if (index >= part) {
    return;
  }
  let at = transposition.firstPart * part + index;
  let anchors = transpose(mat4x4f(partials[at], partials[at + part], partials[at + 2u * part], partials[at + 3u * part]));
  partials[at] = anchors[0];
  partials[at + part] = anchors[1];
  partials[at + 2u * part] = anchors[2];
  partials[at + 3u * part] = anchors[3];
}
