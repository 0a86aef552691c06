// NT-Xent: one term per ordered positive pair (a, p); the anchor's other positives stay out of the denominator.
//   term = softplus(LSE of the negatives - l_ap)
//   dL/dl_ap = -sigmoid(the same);  dL/dl_an = (sum over p of sigmoid) exp(l_an - LSE of the negatives)
// With one positive per anchor everything is known after one pass; with several, `refine` sums over them.

struct Parameters {
  logitScale: f32,   // 1 / temperature
  negatives: f32,    // 0 = attraction only
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  negatives: LogSumExp,
  positiveLogit: vec4f,   // sum over the positives
  positiveCount: vec4f,
  refinedLoss: vec4f,     // sum over the positives of softplus
  refinedShare: vec4f,    // sum over the positives of sigmoid
  refinedCount: vec4f,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), vec4f(), vec4f(), vec4f(), vec4f(), vec4f());
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let logit = constants.logitScale * similarity;
  (*seen).negatives = include((*seen).negatives, logit, relation.negative);
  (*seen).positiveLogit += select(vec4f(), logit, relation.positive);
  (*seen).positiveCount += select(vec4f(), vec4f(1.0), relation.positive);
}

fn refine(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation, anchor: Anchor) {
  if (any(relation.positive)) {
    let lead = anchor.logSumExpNegatives - constants.logitScale * similarity;
    (*seen).refinedLoss += select(vec4f(), softplus(lead), relation.positive);
    (*seen).refinedShare += select(vec4f(), sigmoid(lead), relation.positive);
    (*seen).refinedCount += select(vec4f(), vec4f(1.0), relation.positive);
  }
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(
    combineLogSumExp(a.negatives, b.negatives),
    a.positiveLogit + b.positiveLogit,
    a.positiveCount + b.positiveCount,
    a.refinedLoss + b.refinedLoss,
    a.refinedShare + b.refinedShare,
    a.refinedCount + b.refinedCount,
  );
}

struct Anchor {
  logSumExpNegatives: vec4f,
  shift: vec4f,   // exp(logit - shift) is the push of a negative; -NOTHING where nobody is pushed
}

fn finish(seen: Statistics) -> Anchor {
  let negatives = logSumExp(seen.negatives);
  let share = select(
    select(vec4f(), sigmoid(negatives - seen.positiveLogit), seen.positiveCount > vec4f()),
    seen.refinedShare,
    seen.refinedCount > vec4f(),
  );
  let pushes = (share > vec4f()) & vec4<bool>(parameters.negatives != 0.0);
  return Anchor(negatives, select(vec4f(-NOTHING), negatives - log(max(share, vec4f(1.2e-38))), pushes));
}

fn terms(seen: Statistics) -> RowTerms {
  let single = select(vec4f(), softplus(logSumExp(seen.negatives) - seen.positiveLogit), seen.positiveCount > vec4f());
  let loss = select(single, seen.refinedLoss, seen.refinedCount > vec4f());
  return RowTerms(
    select(loss, -seen.positiveLogit, vec4<bool>(parameters.negatives == 0.0)),
    vec4u(seen.positiveCount),
  );
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(anchor.logSumExpNegatives * order, anchor.shift * order);
}

// A negative is pushed by logitScale exp(logit - this).
fn pushShift(anchor: Anchor) -> vec4f {
  return anchor.shift;
}

// One exponential serves either kind of candidate: exp(l - shift) for a negative, 1 / (1 + exp(l - LSE)) for a positive.
fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let logit = constants.logitScale * similarity;
  let exponent = logit - select(anchor.shift, anchor.logSumExpNegatives, relation.positive);
  let e = exp(min(exponent, vec4f(80.0)));
  let miss = select(1.0 / (1.0 + e), vec4f(), exponent > vec4f(80.0));
  let share = select(miss, vec4f(1.0), vec4<bool>(constants.negatives == 0.0));
  return constants.logitScale
    * select(select(vec4f(), e, relation.negative), -share, relation.positive);
}
