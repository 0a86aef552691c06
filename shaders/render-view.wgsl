// What the drawing shaders share; prepended to each of render-guide, render-links and render-points.
//
// Every shape is a quad or a triangle, widened by half a pixel, whose edge the fragment stage fades by its distance to the
// shape: antialiasing without multisampling. Colours are blended as they are encoded, like on a 2-D canvas.
// Shapes are vertices in one long list, not instances: software adapters pay for each instance as for a draw.

struct View {
  viewProjection: mat4x4f,
  background: vec4f,
  guide: vec4f,
  highlight: vec4f,
  eye: vec4f,                 // a place on the unit sphere is on its near side where dot(place, eye.xyz) > eye.w
  width: f32,                 // of the canvas, like all lengths here in device pixels
  height: f32,
  pointRadius: f32,
  rimWidth: f32,
  highlightScale: f32,
  highlightRim: f32,
  lineWidth: f32,
  eyeDistance: f32,           // in units of the fitted radius
  farthestFade: f32,
  linkOpacity: f32,
  outlineOpacity: f32,
  graticuleFrontOpacity: f32,
  graticuleBackOpacity: f32,
  circleSegments: f32,
  highlighted: i32,           // a point, or -1
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> colours: array<vec4f>;       // the colour table
@group(0) @binding(2) var<storage, read> colourIndices: array<u32>;   // one row of it per point
@group(0) @binding(3) var<storage, read> links: array<vec2u>;         // two points each
@group(0) @binding(4) var<storage, read> circles: array<vec4f>;       // centre, first and second axis per circle
@group(1) @binding(0) var<storage, read> positions: array<vec4f>;     // one per point, x, y, z used

fn toClip(place: vec3f) -> vec4f {
  return view.viewProjection * vec4f(place, 1.0);
}

// -1 nearest, 0 at the origin's depth, 1 farthest, for the fitted radius; always 0 without perspective.
fn relativeDepth(clip: vec4f) -> f32 {
  return clamp(view.eyeDistance * (clip.w / view.viewProjection[3].w - 1.0), -1.0, 1.0);
}

// How far things at this depth have faded into the background.
fn fadeAt(depth: f32) -> f32 {
  return view.farthestFade * (0.5 + 0.5 * depth);
}

// Two triangles: the corner of a quad, -1 or 1 each way, from the vertex index 0 to 5.
fn corner(vertexIndex: u32) -> vec2f {
  let index = select(vertexIndex, 6u - vertexIndex, vertexIndex >= 3u);
  return vec2f(select(-1.0, 1.0, (index & 1u) == 1u), select(-1.0, 1.0, index >= 2u));
}

struct LineCorner {
  clip: vec4f,
  across: f32,   // pixels from the middle of the line
}

// A corner of the quad around the line between two places in clip space, up to where its coverage ends.
fn lineCorner(start: vec4f, end: vec4f, at: vec2f) -> LineCorner {
  let halfSize = 0.5 * vec2f(view.width, view.height);
  let startPixel = start.xy / start.w * halfSize;
  let endPixel = end.xy / end.w * halfSize;
  let along = endPixel - startPixel;
  let direction = along / max(length(along), 1e-6);
  let across = at.y * (0.5 * view.lineWidth + 0.5);
  let pixel = select(startPixel, endPixel, at.x > 0.0) + across * vec2f(-direction.y, direction.x);
  let clip = select(start, end, at.x > 0.0);
  // Behind the eye there is nothing to see: the quad shrinks to nothing.
  let visible = f32(start.w > 0.0 && end.w > 0.0);
  return LineCorner(visible * vec4f(pixel / halfSize * clip.w, clip.z, clip.w), across);
}

// How much of a pixel at this distance from its middle a line covers.
fn lineCoverage(across: f32) -> f32 {
  return clamp(0.5 * view.lineWidth + 0.5 - abs(across), 0.0, 1.0) * min(view.lineWidth, 1.0);
}
