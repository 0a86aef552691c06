// InfoNCE and CLIP: each anchor has one positive among its candidates.
//   row loss = softplus(LSE of the negatives - positive);  dL/dlogit = softmax - target
// The positive's pull is -sigmoid(LSE of the negatives - positive): the difference p - 1 would lose all digits.

struct Parameters {
  logitScale: f32,   // 1 / temperature
  negatives: f32,    // 0 = attraction only
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  negatives: LogSumExp,
  positiveLogit: vec4f,
  positiveCount: vec4f,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), vec4f(), vec4f());
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let logit = constants.logitScale * similarity;
  (*seen).negatives = include((*seen).negatives, logit, relation.negative);
  (*seen).positiveLogit += select(vec4f(), logit, relation.positive);
  (*seen).positiveCount += select(vec4f(), vec4f(1.0), relation.positive);
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(
    combineLogSumExp(a.negatives, b.negatives),
    a.positiveLogit + b.positiveLogit,
    a.positiveCount + b.positiveCount,
  );
}

struct Anchor {
  logSumExp: vec4f,      // of all candidates; -NOTHING where nobody is pushed
  positivePull: vec4f,   // probability of the positive, minus 1
}

fn finish(seen: Statistics) -> Anchor {
  let isAnchor = seen.positiveCount > vec4f();
  if (parameters.negatives == 0.0) {
    return Anchor(vec4f(-NOTHING), select(vec4f(), vec4f(-1.0), isAnchor));
  }
  let lead = logSumExp(seen.negatives) - seen.positiveLogit;
  return Anchor(
    select(vec4f(-NOTHING), seen.positiveLogit + softplus(lead), isAnchor),
    select(vec4f(), -sigmoid(lead), isAnchor),
  );
}

fn terms(seen: Statistics) -> RowTerms {
  let isAnchor = seen.positiveCount > vec4f();
  let lead = logSumExp(seen.negatives) - seen.positiveLogit;
  let loss = select(softplus(lead), -seen.positiveLogit, vec4<bool>(parameters.negatives == 0.0));
  return RowTerms(select(vec4f(), loss, isAnchor), select(vec4u(), vec4u(1u), isAnchor));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(anchor.logSumExp * order, anchor.positivePull * order);
}

// A negative is pushed by logitScale exp(logit - this).
fn pushShift(anchor: Anchor) -> vec4f {
  return anchor.logSumExp;
}

fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let probability = exp(min(constants.logitScale * similarity - anchor.logSumExp, vec4f()));
  return constants.logitScale
    * (select(vec4f(), probability, relation.negative) + select(vec4f(), anchor.positivePull, relation.positive));
}
