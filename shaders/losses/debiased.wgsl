// Debiased and hard negatives: NT-Xent with an estimate in place of the sum over the anchor's M negatives.
//   weighed = M sum exp((1 + c) l_n) / sum exp(c l_n)               c = concentration; 0 for the debiased loss
//   estimate = max((weighed - prior M exp(l_p)) / (1 - prior), M exp(-logitScale))
//   term = softplus(log(estimate) - l_p)
// With ratio = exp(l_p - log(weighed)), and above the floor, the pull of the positive comes down to
//   -dL/dl_p = 1 / ((1 - prior) ratio + 1 - prior M ratio), and as much goes to log(weighed);
// at the floor it is 1 / (1 + exp(l_p - floor)), and nobody is pushed. Everything is in logarithms, so nothing overflows.

struct Parameters {
  logitScale: f32,      // 1 / temperature
  positivePrior: f32,
  concentration: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  hard: LogSumExp,        // of (1 + c) l_n
  weights: LogSumExp,     // of c l_n
  negativeCount: vec4f,
  positiveLogit: vec4f,   // sum over the positives
  positiveCount: vec4f,
  refinedLoss: vec4f,     // sum over the positives of their terms
  refinedPush: vec4f,     // sum over the positives above the floor of what they push
  refinedCount: vec4f,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), emptyLogSumExp(), vec4f(), vec4f(), vec4f(), vec4f(), vec4f(), vec4f());
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let logit = constants.logitScale * similarity;
  (*seen).hard = include((*seen).hard, (1.0 + constants.concentration) * logit, relation.negative);
  (*seen).weights = include((*seen).weights, constants.concentration * logit, relation.negative);
  (*seen).negativeCount += select(vec4f(), vec4f(1.0), relation.negative);
  (*seen).positiveLogit += select(vec4f(), logit, relation.positive);
  (*seen).positiveCount += select(vec4f(), vec4f(1.0), relation.positive);
}

fn refine(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation, anchor: Anchor) {
  if (any(relation.positive)) {
    let logit = constants.logitScale * similarity;
    (*seen).refinedLoss += select(vec4f(), termOf(anchor, constants, logit), relation.positive);
    (*seen).refinedPush += select(vec4f(), pushOf(anchor, constants, logit), relation.positive);
    (*seen).refinedCount += select(vec4f(), vec4f(1.0), relation.positive);
  }
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(
    combineLogSumExp(a.hard, b.hard),
    combineLogSumExp(a.weights, b.weights),
    a.negativeCount + b.negativeCount,
    a.positiveLogit + b.positiveLogit,
    a.positiveCount + b.positiveCount,
    a.refinedLoss + b.refinedLoss,
    a.refinedPush + b.refinedPush,
    a.refinedCount + b.refinedCount,
  );
}

struct Anchor {
  hard: vec4f,        // log-sum-exps of the statistics
  weights: vec4f,
  weighed: vec4f,     // logarithms of the weighed sum and of its floor; NOTHING without negatives
  floor: vec4f,
  threshold: vec4f,   // the logit from which on a positive meets the floor
  expected: vec4f,    // prior M
  push: vec4f,        // sum over the anchor's terms
}

// What an anchor knows of its negatives.
fn estimateOf(seen: Statistics) -> Anchor {
  let prior = parameters.positivePrior;
  let count = max(seen.negativeCount, vec4f(1.0));
  let hasNegatives = seen.negativeCount > vec4f();
  let hard = logSumExp(seen.hard);
  let weights = logSumExp(seen.weights);
  let weighed = select(vec4f(NOTHING), log(count) + hard - weights, hasNegatives);
  let floor = select(vec4f(NOTHING), log(count) - parameters.logitScale, hasNegatives);
  let room = 1.0 - (1.0 - prior) * exp(min(floor - weighed, vec4f(80.0)));
  let threshold = weighed + log(max(room, vec4f(1e-37))) - log(max(prior * count, vec4f(1e-37)));
  let reachable = select(threshold, vec4f(-NOTHING), vec4<bool>(prior == 0.0));
  return Anchor(
    hard,
    weights,
    weighed,
    floor,
    select(vec4f(NOTHING), reachable, hasNegatives & (room > vec4f())),
    prior * seen.negativeCount,
    vec4f(),
  );
}

// -dTerm/dLogit of a positive.
fn shareOf(anchor: Anchor, constants: Parameters, exponent: vec4f, e: vec4f, isFloored: vec4<bool>) -> vec4f {
  let own = select(vec4f(1.0 - constants.positivePrior), vec4f(1.0), isFloored);
  let expected = select(anchor.expected, vec4f(), isFloored);
  let share = 1.0 / (own * e + max(1.0 - expected * e, vec4f()));
  return select(share, vec4f(), exponent > vec4f(80.0));
}

fn termOf(anchor: Anchor, constants: Parameters, logit: vec4f) -> vec4f {
  let floored = anchor.floor - logit;
  let remaining = 1.0 - anchor.expected * exp(min(logit - anchor.weighed, vec4f(80.0)));
  let corrected = anchor.weighed - logit + log(max(remaining, vec4f(1e-37))) - log(1.0 - constants.positivePrior);
  return softplus(select(max(corrected, floored), floored, logit >= anchor.threshold));
}

// What a positive's term adds to the push on the negatives.
fn pushOf(anchor: Anchor, constants: Parameters, logit: vec4f) -> vec4f {
  let isFloored = logit >= anchor.threshold;
  let exponent = logit - anchor.weighed;
  let share = shareOf(anchor, constants, exponent, exp(min(exponent, vec4f(80.0))), isFloored);
  return select(share, vec4f(), isFloored);
}

fn finish(seen: Statistics) -> Anchor {
  var anchor = estimateOf(seen);
  anchor.push = select(
    select(vec4f(), pushOf(anchor, parameters, seen.positiveLogit), seen.positiveCount > vec4f()),
    seen.refinedPush,
    seen.refinedCount > vec4f(),
  );
  return anchor;
}

fn terms(seen: Statistics) -> RowTerms {
  let term = termOf(estimateOf(seen), parameters, seen.positiveLogit);
  let single = select(vec4f(), term, seen.positiveCount > vec4f());
  return RowTerms(select(single, seen.refinedLoss, seen.refinedCount > vec4f()), vec4u(seen.positiveCount));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(
    anchor.hard * order,
    anchor.weights * order,
    anchor.weighed * order,
    anchor.floor * order,
    anchor.threshold * order,
    anchor.expected * order,
    anchor.push * order,
  );
}

// Two exponentials: the first serves either kind of candidate, the second the weights of the negatives.
fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let logit = constants.logitScale * similarity;
  let hardness = 1.0 + constants.concentration;
  let isFloored = logit >= anchor.threshold;
  let exponent = select(
    hardness * logit - anchor.hard,
    logit - select(anchor.weighed, anchor.floor, isFloored),
    relation.positive,
  );
  let e = exp(min(exponent, vec4f(80.0)));
  let weight = exp(min(constants.concentration * logit - anchor.weights, vec4f()));
  let push = anchor.push * (hardness * e - constants.concentration * weight);
  let share = shareOf(anchor, constants, exponent, e, isFloored);
  return constants.logitScale * select(select(vec4f(), push, relation.negative), -share, relation.positive);
}
