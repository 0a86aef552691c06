// The points: one triangle per point around an opaque disc with a rim in the background's colour, so that overlapping points
// stay apart. With perspective, far points are smaller and fade into the background. Opaque, so the depth test alone
// puts near before far; equal depths (2-D) keep the order of the points.

struct Point {
  @builtin(position) clip: vec4f,
  @location(0) @interpolate(linear) offset: vec2f,   // pixels from the centre
  @location(1) @interpolate(flat) radius: f32,
  @location(2) @interpolate(flat) rim: f32,
  @location(3) @interpolate(flat) colour: vec3f,
  @location(4) @interpolate(flat) rimColour: vec3f,
}

@vertex
fn pointVertex(@builtin(vertex_index) vertexIndex: u32) -> Point {
  let point = vertexIndex / 3u;
  let centre = toClip(positions[point].xyz);
  let depth = relativeDepth(centre);
  let marked = i32(point) == view.highlighted;
  let scale = view.eyeDistance / (view.eyeDistance + depth);
  let radius = scale * view.pointRadius * select(1.0, view.highlightScale, marked);
  let rim = select(scale * view.rimWidth, view.highlightRim, marked);
  let offset = triangleCorner(vertexIndex % 3u) * (radius + rim + 0.5);
  let clip = centre.xy + 2.0 * offset / vec2f(view.width, view.height) * centre.w;
  let colour = colours[colourIndices[point]].rgb;
  return Point(
    vec4f(clip, select(centre.z, 0.0, marked), centre.w),
    offset,
    radius,
    rim,
    mix(colour, view.background.rgb, select(fadeAt(depth), 0.0, marked)),
    select(view.background.rgb, view.highlight.rgb, marked),
  );
}

@fragment
fn pointFragment(point: Point) -> @location(0) vec4f {
  let distance = length(point.offset);
  let coverage = clamp(point.radius + point.rim + 0.5 - distance, 0.0, 1.0);
  // What writes no colour must write no depth.
  if (coverage <= 0.0) {
    discard;
  }
  let inside = clamp(point.radius + 0.5 - distance, 0.0, 1.0);
  return vec4f(mix(point.rimColour, point.colour, inside), 1.0) * coverage;
}

// The corners of the equilateral triangle around the unit circle: fewer vertices than a square, which matters where
// points are small and many.
fn triangleCorner(index: u32) -> vec2f {
  let angle = f32(index) * 2.094395102;
  return 2.0 * vec2f(cos(angle), sin(angle));
}
