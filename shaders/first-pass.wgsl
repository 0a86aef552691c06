// What an anchor takes in of its candidates when it streams over them for the first time.
// Needs: a loss (Statistics, accumulate, Anchor).

const FIRST_PART = 0u;   // where the partial results of this pass begin, in batch.statisticsParts

fn take(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation, anchor: Anchor) {
  accumulate(seen, constants, similarity, relation);
}
