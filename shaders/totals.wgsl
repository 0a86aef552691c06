// Adds up the loss terms of all anchors, in a fixed order.
// Needs: terms.
// Shapes: rowTerms = quads; totals = one. One workgroup: each invocation adds every 256th quad, then a tree.

@group(0) @binding(0) var<storage, read> rowTerms: array<RowTerms>;
@group(0) @binding(1) var<storage, read_write> totals: Totals;

var<workgroup> losses: array<f32, 256>;
var<workgroup> counts: array<u32, 256>;

@compute @workgroup_size(256)
fn addTotals(@builtin(local_invocation_index) index: u32) {
  var loss = 0.0;
  var count = 0u;
  for (var quad = index; quad < arrayLength(&rowTerms); quad += 256u) {
    let row = rowTerms[quad];
    loss += (row.loss.x + row.loss.y) + (row.loss.z + row.loss.w);
    count += row.count.x + row.count.y + row.count.z + row.count.w;
  }
  losses[index] = loss;
  counts[index] = count;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      losses[index] += losses[index + half];
      counts[index] += counts[index + half];
    }
  }
  if (index == 0u) {
    totals = Totals(losses[0], counts[0]);
  }
}
