// The second pass of a loss whose terms need the finished statistics of their anchor (NT-Xent with several positives).
// Needs: a loss (Statistics, refine, Anchor).

const FIRST_PART = 1u;   // behind those of the first pass

fn take(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation, anchor: Anchor) {
  refine(seen, constants, similarity, relation, anchor);
}
