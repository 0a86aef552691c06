// Adds up the weight gradients of all splits of the batch, in order.
// Shapes: partials = splits x weights; weightGradients = weights. One invocation: one weight.

struct Splits {
  weights: u32,
  splits: u32,
}

@group(0) @binding(0) var<uniform> splits: Splits;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> weightGradients: array<f32>;

@compute @workgroup_size(64)
fn addSplits(@builtin(global_invocation_id) invocation: vec3u) {
  let weight = invocation.x;
  if (weight >= splits.weights) {
    return;
  }
  var sum = 0.0;
  for (var split = 0u; split < splits.splits; split++) {
    sum += partials[split * splits.weights + weight];
  }
  weightGradients[weight] = sum;
}
