// SupCon: every other point of the anchor's class is a positive; all other points stand in the denominator.
//   out: row loss = softplus(lead) + LSE of the positives - mean positive;   in: softplus(lead) + log(count)
//   with lead = LSE of the negatives - LSE of the positives, and share = sigmoid(lead), what the negatives hold.
//   dL/dl_n = share exp(l_n - LSE of the negatives);  dL/dl_p = w - target - share w,  w = exp(l_p - LSE of the positives),
//   target = 1 / count (out) or w (in). Written so, an anchor with one positive loses no digits.

struct Parameters {
  logitScale: f32,   // 1 / temperature
  negatives: f32,    // 0 = attraction only
  meanInside: f32,   // 1 = form 'in'
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  negatives: LogSumExp,
  positives: LogSumExp,
  positiveLogit: vec4f,   // sum over the positives
  positiveCount: vec4f,
}

fn emptyStatistics() -> Statistics {
  return Statistics(emptyLogSumExp(), emptyLogSumExp(), vec4f(), vec4f());
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let logit = constants.logitScale * similarity;
  (*seen).negatives = include((*seen).negatives, logit, relation.negative);
  if (any(relation.positive)) {
    (*seen).positives = include((*seen).positives, logit, relation.positive);
    (*seen).positiveLogit += select(vec4f(), logit, relation.positive);
    (*seen).positiveCount += select(vec4f(), vec4f(1.0), relation.positive);
  }
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(
    combineLogSumExp(a.negatives, b.negatives),
    combineLogSumExp(a.positives, b.positives),
    a.positiveLogit + b.positiveLogit,
    a.positiveCount + b.positiveCount,
  );
}

struct Anchor {
  logSumExp: vec4f,            // of all candidates; -NOTHING where nobody is pushed
  logSumExpPositives: vec4f,
  share: vec4f,
  targetWeight: vec4f,              // 1 / count, 0 where there is no positive
}

fn finish(seen: Statistics) -> Anchor {
  let isAnchor = seen.positiveCount > vec4f();
  let positives = logSumExp(seen.positives);
  let lead = select(vec4f(NOTHING), logSumExp(seen.negatives) - positives, isAnchor & (seen.negatives.sum > vec4f()));
  let pushes = isAnchor & vec4<bool>(parameters.negatives != 0.0);
  return Anchor(
    select(vec4f(-NOTHING), positives + softplus(lead), pushes),
    positives,
    sigmoid(lead),
    select(vec4f(), 1.0 / max(seen.positiveCount, vec4f(1.0)), isAnchor),
  );
}

fn terms(seen: Statistics) -> RowTerms {
  let isAnchor = seen.positiveCount > vec4f();
  let count = max(seen.positiveCount, vec4f(1.0));
  let mean = seen.positiveLogit / count;
  let positives = logSumExp(seen.positives);
  let lead = select(vec4f(NOTHING), logSumExp(seen.negatives) - positives, isAnchor & (seen.negatives.sum > vec4f()));
  let excess = select(positives - mean, log(count), vec4<bool>(parameters.meanInside != 0.0));
  let loss = select(softplus(lead) + excess, -mean, vec4<bool>(parameters.negatives == 0.0));
  return RowTerms(select(vec4f(), loss, isAnchor), select(vec4u(), vec4u(1u), isAnchor));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(
    anchor.logSumExp * order,
    anchor.logSumExpPositives * order,
    anchor.share * order,
    anchor.targetWeight * order,
  );
}

// A negative is pushed by logitScale exp(logit - this).
fn pushShift(anchor: Anchor) -> vec4f {
  return anchor.logSumExp;
}

// One exponential serves either kind of candidate.
fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let logit = constants.logitScale * similarity;
  let weight = exp(min(logit - select(anchor.logSumExp, anchor.logSumExpPositives, relation.positive), vec4f()));
  let excess = select(weight - anchor.targetWeight, vec4f(), vec4<bool>(constants.meanInside != 0.0));
  let attraction = select(
    excess - anchor.share * weight,
    -anchor.targetWeight,
    vec4<bool>(constants.negatives == 0.0),
  );
  let isPulled = relation.positive & (anchor.targetWeight > vec4f());
  return constants.logitScale * select(select(vec4f(), weight, relation.negative), attraction, isPulled);
}
