// Circle: each pair's slope is its distance from its own optimum, 1 + margin for positives and -margin for negatives.
//   row loss = softplus(lead), lead = LSE of the positives + LSE of the negatives
//   over the logits -gamma [1 + m - s]+ (s - (1 - m)) and gamma [s + m]+ (s - m)
//   The factors in [ ]+ are constants of the gradient: dL/ds = +-gamma [ ]+ sigmoid(lead) exp(logit - its LSE).

struct Parameters {
  margin: f32,
  gamma: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  positives: LogSumExp,
  negatives: LogSumExp,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), emptyLogSumExp());
}

// The slope of a pair's logit: negative for positives, which are pulled.
fn slopeOf(constants: Parameters, similarity: vec4f, isPositive: vec4<bool>) -> vec4f {
  return constants.gamma * select(
    max(similarity + constants.margin, vec4f()),
    -max(1.0 + constants.margin - similarity, vec4f()),
    isPositive,
  );
}

fn logitOf(constants: Parameters, similarity: vec4f, isPositive: vec4<bool>) -> vec4f {
  let threshold = select(vec4f(constants.margin), vec4f(1.0 - constants.margin), isPositive);
  return slopeOf(constants, similarity, isPositive) * (similarity - threshold);
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let logit = logitOf(constants, similarity, relation.positive);
  (*seen).negatives = include((*seen).negatives, logit, relation.negative);
  if (any(relation.positive)) {
    (*seen).positives = include((*seen).positives, logit, relation.positive);
  }
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(combineLogSumExp(a.positives, b.positives), combineLogSumExp(a.negatives, b.negatives));
}

fn isAnchor(seen: Statistics) -> vec4<bool> {
  return (seen.positives.sum > vec4f()) & (seen.negatives.sum > vec4f());
}

// Both log-sum-exps added; 0 where either has nothing to add.
fn leadOf(seen: Statistics) -> vec4f {
  let known = isAnchor(seen);
  return select(vec4f(), logSumExp(seen.positives), known) + select(vec4f(), logSumExp(seen.negatives), known);
}

struct Anchor {
  logSumExpPositives: vec4f,
  logSumExpNegatives: vec4f,
  miss: vec4f,   // sigmoid(lead); 0 where there is no term
}

fn finish(seen: Statistics) -> Anchor {
  return Anchor(
    logSumExp(seen.positives),
    logSumExp(seen.negatives),
    select(vec4f(), sigmoid(leadOf(seen)), isAnchor(seen)),
  );
}

fn terms(seen: Statistics) -> RowTerms {
  let known = isAnchor(seen);
  return RowTerms(select(vec4f(), softplus(leadOf(seen)), known), select(vec4u(), vec4u(1u), known));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(
    anchor.logSumExpPositives * order,
    anchor.logSumExpNegatives * order,
    anchor.miss * order,
  );
}

// One exponential serves either kind of candidate.
fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let logit = logitOf(constants, similarity, relation.positive);
  let total = select(anchor.logSumExpNegatives, anchor.logSumExpPositives, relation.positive);
  let share = anchor.miss * exp(min(logit - total, vec4f()));
  let strength = share * slopeOf(constants, similarity, relation.positive);
  return select(vec4f(), strength, relation.positive | relation.negative);
}
