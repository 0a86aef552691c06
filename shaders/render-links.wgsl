// Links of positive pairs: one instance per link, a thin translucent line in the pair's colour that fades with depth.
// No depth test: points are drawn over them.

struct Link {
  @builtin(position) clip: vec4f,
  @location(0) @interpolate(linear) across: f32,
  @location(1) @interpolate(linear) opacity: f32,
  @location(2) @interpolate(flat) colour: vec3f,
}

@vertex
fn linkVertex(@builtin(vertex_index) vertexIndex: u32, @builtin(instance_index) instance: u32) -> Link {
  let link = links[instance];
  let at = corner(vertexIndex);
  let from = toClip(positions[link.x].xyz);
  let to = toClip(positions[link.y].xyz);
  let line = lineCorner(from, to, at);
  let fade = fadeAt(relativeDepth(select(from, to, at.x > 0.0)));
  return Link(line.clip, line.across, view.linkOpacity * (1.0 - fade), colours[colourIndices[link.x]].rgb);
}

@fragment
fn linkFragment(link: Link) -> @location(0) vec4f {
  return vec4f(link.colour, 1.0) * (link.opacity * lineCoverage(link.across));
}
