// The unit circle or sphere faintly behind: one quad per straight piece of a circle.
// The first circle is the outline; of the others the far half is fainter. No depth: everything else is drawn over it.

struct Piece {
  @builtin(position) clip: vec4f,
  @location(0) across: f32,
  @location(1) @interpolate(flat) opacity: f32,
}

@vertex
fn guideVertex(@builtin(vertex_index) vertexIndex: u32) -> Piece {
  let piece = vertexIndex / 6u;
  let circle = piece / u32(view.circleSegments);
  let segment = f32(piece % u32(view.circleSegments));
  let start = onCircle(circle, segment);
  let end = onCircle(circle, segment + 1.0);
  let line = lineCorner(toClip(start), toClip(end), corner(vertexIndex % 6u));
  let near = dot(0.5 * (start + end), view.eye.xyz) > view.eye.w;
  let opacity = select(view.graticuleBackOpacity, view.graticuleFrontOpacity, near);
  return Piece(line.clip, line.across, select(opacity, view.outlineOpacity, circle == 0u));
}

@fragment
fn guideFragment(piece: Piece) -> @location(0) vec4f {
  return vec4f(view.guide.rgb, 1.0) * (piece.opacity * lineCoverage(piece.across));
}

fn onCircle(circle: u32, segment: f32) -> vec3f {
  let angle = segment / view.circleSegments * 6.283185307;
  let first = circles[3u * circle + 1u].xyz;
  let second = circles[3u * circle + 2u].xyz;
  return circles[3u * circle].xyz + cos(angle) * first + sin(angle) * second;
}
