// Multi-similarity: positives below the base are pulled, negatives above it pushed, in two sums that never meet.
//   row loss = softplus(LSE_p) / alpha + softplus(LSE_n) / beta
//   over the positives' logits -alpha (s - base) and the negatives' logits beta (s - base)
//   dL/ds_p = -exp(logit - softplus(LSE_p));  dL/ds_n = exp(logit - softplus(LSE_n))

struct Parameters {
  alpha: f32,
  beta: f32,
  base: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  positives: LogSumExp,
  negatives: LogSumExp,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), emptyLogSumExp());
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let above = similarity - constants.base;
  (*seen).negatives = include((*seen).negatives, constants.beta * above, relation.negative);
  if (any(relation.positive)) {
    (*seen).positives = include((*seen).positives, -constants.alpha * above, relation.positive);
  }
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(combineLogSumExp(a.positives, b.positives), combineLogSumExp(a.negatives, b.negatives));
}

// log(1 + sum exp) of either side: 0 where it has no candidates.
struct Anchor {
  positiveExcess: vec4f,
  negativeExcess: vec4f,
}

fn finish(seen: Statistics) -> Anchor {
  return Anchor(softplus(logSumExp(seen.positives)), softplus(logSumExp(seen.negatives)));
}

fn terms(seen: Statistics) -> RowTerms {
  let excess = finish(seen);
  let isAnchor = (seen.positives.sum + seen.negatives.sum) > vec4f();
  return RowTerms(
    excess.positiveExcess / parameters.alpha + excess.negativeExcess / parameters.beta,
    select(vec4u(), vec4u(1u), isAnchor),
  );
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(anchor.positiveExcess * order, anchor.negativeExcess * order);
}

// One exponential serves either kind of candidate.
fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let above = similarity - constants.base;
  let exponent = select(
    constants.beta * above - anchor.negativeExcess,
    -constants.alpha * above - anchor.positiveExcess,
    relation.positive,
  );
  let share = exp(min(exponent, vec4f()));
  return select(select(vec4f(), share, relation.negative), -share, relation.positive);
}
