// The softmax of each row of logits / temperature, the row's maximum subtracted first, so that nothing overflows.
// Shapes: logits and probabilities = rows x columns, row-major. One workgroup per row: three passes over the row, each
// reduced in a fixed tree. Cost: one exponential per entry, computed twice rather than stored.

struct Rows {
  rows: u32,
  columns: u32,
  logitScale: f32,   // 1 / temperature
}

@group(0) @binding(0) var<uniform> shape: Rows;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> probabilities: array<f32>;

var<workgroup> lanes: array<f32, 64>;

@compute @workgroup_size(64)
fn softmax(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let row = workgroup.x + workgroup.y * workgroups.x;
  let isRow = row < shape.rows;
  let base = min(row, shape.rows - 1u) * shape.columns;

  var maximum = logits[base];
  for (var column = index; column < shape.columns; column += 64u) {
    maximum = max(maximum, logits[base + column]);
  }
  lanes[index] = maximum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      lanes[index] = max(lanes[index], lanes[index + half]);
    }
  }
  workgroupBarrier();
  maximum = lanes[0];
  workgroupBarrier();

  var sum = 0.0;
  for (var column = index; column < shape.columns; column += 64u) {
    sum += exp(shape.logitScale * (logits[base + column] - maximum));
  }
  lanes[index] = sum;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      lanes[index] += lanes[index + half];
    }
  }
  workgroupBarrier();
  sum = lanes[0];

  if (isRow) {
    for (var column = index; column < shape.columns; column += 64u) {
      probabilities[base + column] = exp(shape.logitScale * (logits[base + column] - maximum)) / sum;
    }
  }
}
