// Puts the tallies of all points of a tower together: the gradient needs the whole before it can weigh a part.
//
// Needs: numerics, distances, terms, a loss (emptyTally, combine, finish).
// Shapes: partials = splits x quads; tallies = quads; towerTotals = two; totals = one, the sum over the towers.
// One workgroup: each invocation combines every 128th quad, then a tree, then the four lanes; all in a fixed order.

@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(2) var<storage, read> partials: array<mat4x4f>;
@group(0) @binding(3) var<storage, read_write> tallies: array<mat4x4f>;
@group(0) @binding(4) var<storage, read_write> towerTotals: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> totals: Totals;

var<workgroup> lanes: array<mat4x4f, 128>;

@compute @workgroup_size(128)
fn distanceTotals(@builtin(local_invocation_index) index: u32) {
  var loss = 0.0;
  var count = 0.0;
  for (var tower = 0u; tower < shape.towers; tower++) {
    let first = tower * shape.keyQuad;
    let end = first + (shape.rows + 3u) / 4u;
    var lane = emptyTally();
    for (var quad = first + index; quad < end; quad += 128u) {
      var tally = partials[quad];
      for (var split = 1u; split < shape.splits; split++) {
        tally = combine(tally, partials[split * shape.quads + quad]);
      }
      tallies[quad] = tally;
      lane = combine(lane, tally);
    }
    lanes[index] = lane;
    for (var half = 64u; half > 0u; half /= 2u) {
      workgroupBarrier();
      if (index < half) {
        lanes[index] = combine(lanes[index], lanes[index + half]);
      }
    }
    if (index == 0u) {
      let four = lanes[0];
      let two = combine(four, mat4x4f(four[0].zwxy, four[1].zwxy, four[2].zwxy, four[3].zwxy));
      let one = combine(two, mat4x4f(two[0].yxwz, two[1].yxwz, two[2].yxwz, two[3].yxwz));
      let total = vec4f(one[0].x, one[1].x, one[2].x, one[3].x);
      towerTotals[tower] = total;
      let finished = finish(parameters, total, f32(shape.others));
      loss += finished.loss * finished.count;
      count += finished.count;
    }
    workgroupBarrier();
  }
  if (index == 0u) {
    totals = Totals(loss, u32(count));
  }
}
