// DCL: one term per ordered positive pair (a, p), whose denominator holds the anchor's negatives alone.
//   term = LSE of the negatives - l_ap
//   dL/dl_ap = -1;  dL/dl_an = (number of positives) exp(l_an - LSE of the negatives)

struct Parameters {
  logitScale: f32,   // 1 / temperature
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  negatives: LogSumExp,
  positiveLogit: vec4f,   // sum over the positives
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

// An anchor's terms: its positives, unless it has no negatives.
fn termCount(seen: Statistics) -> vec4f {
  return select(vec4f(), seen.positiveCount, seen.negatives.sum > vec4f());
}

struct Anchor {
  logSumExp: vec4f,   // of the negatives
  terms: vec4f,
}

fn finish(seen: Statistics) -> Anchor {
  return Anchor(logSumExp(seen.negatives), termCount(seen));
}

fn terms(seen: Statistics) -> RowTerms {
  let count = termCount(seen);
  let negatives = select(vec4f(), logSumExp(seen.negatives), count > vec4f());
  return RowTerms(select(vec4f(), count * negatives - seen.positiveLogit, count > vec4f()), vec4u(count));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(anchor.logSumExp * order, anchor.terms * order);
}

// A negative is pushed by logitScale exp(logit - this).
fn pushShift(anchor: Anchor) -> vec4f {
  return select(vec4f(-NOTHING), anchor.logSumExp - log(max(anchor.terms, vec4f(1.0))), anchor.terms > vec4f());
}

fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let push = anchor.terms * exp(min(constants.logitScale * similarity - anchor.logSumExp, vec4f()));
  return constants.logitScale
    * (select(vec4f(), push, relation.negative) - select(vec4f(), min(anchor.terms, vec4f(1.0)), relation.positive));
}
