// SigLIP: every pair is a question of its own, whether it matches.
//   row loss = softplus(-logit of the positive) + sum over the negatives of softplus(logit)
//   dL/dlogit = -sigmoid(-logit) for the positive, sigmoid(logit) for a negative

struct Parameters {
  logitScale: f32,
  logitBias: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

struct Statistics {
  loss: vec4f,
  positiveCount: vec4f,
}

fn emptyStatistics() -> Statistics {
  return Statistics(vec4f(), vec4f());
}

// The logit against the right answer.
fn doubt(constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let logit = constants.logitScale * similarity + constants.logitBias;
  return select(logit, -logit, relation.positive);
}

fn accumulate(seen: ptr<function, Statistics>, constants: Parameters, similarity: vec4f, relation: Relation) {
  let loss = softplus(doubt(constants, similarity, relation));
  (*seen).loss += select(vec4f(), loss, relation.positive | relation.negative);
  (*seen).positiveCount += select(vec4f(), vec4f(1.0), relation.positive);
}

fn combine(a: Statistics, b: Statistics) -> Statistics {
  return Statistics(a.loss + b.loss, a.positiveCount + b.positiveCount);
}

// A pull knows all it needs from its own pair; only padding is told apart.
struct Anchor {
  isAnchor: vec4f,
}

fn finish(seen: Statistics) -> Anchor {
  return Anchor(seen.positiveCount);
}

fn terms(seen: Statistics) -> RowTerms {
  return RowTerms(seen.loss, vec4u(seen.positiveCount));
}

fn arrange(anchor: Anchor, order: mat4x4f) -> Anchor {
  return Anchor(anchor.isAnchor * order);
}

fn pull(anchor: Anchor, constants: Parameters, similarity: vec4f, relation: Relation) -> vec4f {
  let miss = constants.logitScale * anchor.isAnchor * sigmoid(doubt(constants, similarity, relation));
  return select(select(vec4f(), miss, relation.negative), -miss, relation.positive);
}
