// What the encoder sees: each thing plus the noise of an augmentation, viewsOf of src/data/inputs.ts.
// Needs: random, run-state.
// Shapes: origins = points; things = points x inputs; views = rows x inputs. One invocation: one point, which writes its own
// row of the batch; race-free, because no point is in a batch twice.

// Every point, by the noise that the picture shows, instead of the batch of this step.
override EVERY_POINT: bool = false;

struct Augmentation {
  points: u32,
  inputs: u32,
  axes: u32,     // the first of the inputs, which get noise
  seed: u32,
  noise: f32,    // standard deviation
}

const AUGMENTATION_STREAM = 0x61756700u;
const SHOWN_STEP = 0xffffffffu;

// Mean, and inverse standard deviation, of a sum of eight numbers from 0 to 65,535.
const MEAN = 262140;
const INVERSE_DEVIATION = 1.8688124e-5;

@group(0) @binding(0) var<uniform> augmentation: Augmentation;
@group(0) @binding(1) var<storage, read> clock: Clock;
@group(0) @binding(2) var<storage, read> origins: array<Origin>;
@group(0) @binding(3) var<storage, read> things: array<f32>;
@group(0) @binding(4) var<storage, read_write> views: array<f32>;

// Nearly normal: the sum of the eight half words, which every device adds up alike.
fn deviate(words: vec4u) -> f32 {
  let halves = (words & vec4u(0xffffu)) + (words >> vec4u(16u));
  return f32(i32(halves.x + halves.y + halves.z + halves.w) - MEAN) * INVERSE_DEVIATION;
}

@compute @workgroup_size(64)
fn drawViews(@builtin(global_invocation_id) invocation: vec3u) {
  let point = invocation.x + invocation.y * 64u * 65535u;
  if (point >= augmentation.points) {
    return;
  }
  let origin = origins[point];
  if (!EVERY_POINT && origin.step != clock.step + 1u) {
    return;
  }
  let row = select(origin.row, point, EVERY_POINT);
  let step = select(clock.step, SHOWN_STEP, EVERY_POINT);
  for (var axis = 0u; axis < augmentation.inputs; axis++) {
    var view = things[point * augmentation.inputs + axis];
    if (axis < augmentation.axes) {
      let words = random4(vec4u(point, augmentation.seed, step, AUGMENTATION_STREAM + axis));
      view += augmentation.noise * deviate(words);
    }
    views[row * augmentation.inputs + axis] = view;
  }
}
