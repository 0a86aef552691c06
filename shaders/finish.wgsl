// Turns what the anchors accumulated into what the gradient needs of them, and into their loss terms.
//
// Needs: numerics, pairing, terms, a loss (Statistics, combine, Anchor, finish, terms).
// Shapes: partials = parts x quads; anchors and rowTerms = quads. One invocation: four anchors.
// The parts are combined in a fixed order, so that the same input gives the same bits.

struct Parts {
  count: u32,   // partial results of each quad: those of one pass, or of both
}

@group(0) @binding(0) var<uniform> batch: Batch;
@group(0) @binding(2) var<uniform> sweep: Sweep;
@group(0) @binding(3) var<uniform> parts: Parts;
@group(0) @binding(4) var<storage, read> partials: array<Statistics>;
@group(0) @binding(5) var<storage, read_write> anchors: array<Anchor>;
@group(0) @binding(6) var<storage, read_write> rowTerms: array<RowTerms>;

@compute @workgroup_size(64)
fn finishAnchors(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = sweep.rowStart / 4u + invocation.x;
  if (4u * quad >= sweep.rowEnd) {
    return;
  }
  var seen = partials[quad];
  for (var part = 1u; part < parts.count; part++) {
    seen = combine(seen, partials[part * batch.quads + quad]);
  }
  anchors[quad] = finish(seen);
  rowTerms[quad] = terms(seen);
}
