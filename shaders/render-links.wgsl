// Links: one quad per link, a thin translucent line from one point's colour to the other's that fades with depth.
// No depth test: points are drawn over them.

struct Link {
  @builtin(position) clip: vec4f,
  @location(0) @interpolate(linear) across: f32,
  @location(1) @interpolate(linear) opacity: f32,
  @location(2) @interpolate(linear) colour: vec3f,
}

@vertex
fn linkVertex(@builtin(vertex_index) vertexIndex: u32) -> Link {
  let link = links[vertexIndex / 6u];
  let at = corner(vertexIndex % 6u);
  let start = toClip(positions[link.x].xyz);
  let end = toClip(positions[link.y].xyz);
  let line = lineCorner(start, end, at);
  let fade = fadeAt(relativeDepth(select(start, end, at.x > 0.0)));
  let colour = colours[colourIndices[select(link.x, link.y, at.x > 0.0)]].rgb;
  return Link(line.clip, line.across, view.linkOpacity * (1.0 - fade), colour);
}

@fragment
fn linkFragment(link: Link) -> @location(0) vec4f {
  return vec4f(link.colour, 1.0) * (link.opacity * lineCoverage(link.across));
}
