// Pairwise contrastive: how far a pair is on the wrong side of its margin, or half the square of that.
//   positives [d - positiveMargin]+, negatives [negativeMargin - d]+
//   A tally is: sum of the positives' terms, how many, sum of the negatives' terms, how many.

struct Parameters {
  positiveMargin: f32,
  negativeMargin: f32,
  squared: f32,      // 1 = half squares
  activeOnly: f32,   // 1 = only terms above 0 are averaged, those of positives and of negatives apart
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

fn emptyTally() -> mat4x4f {
  return mat4x4f();
}

// How far each pair is on the wrong side of its margin; not above 0 where it is not.
fn excessOf(constants: Parameters, distance: vec4f, isPositive: vec4<bool>) -> vec4f {
  return select(constants.negativeMargin - distance, distance - constants.positiveMargin, isPositive);
}

fn accumulate(tally: ptr<function, mat4x4f>, constants: Parameters, squaredDistance: vec4f, relation: Relation) {
  let excess = max(excessOf(constants, sqrt(squaredDistance), relation.positive), vec4f());
  let loss = select(excess, 0.5 * excess * excess, constants.squared > 0.0);
  let counted = (excess > vec4f()) | vec4<bool>(constants.activeOnly == 0.0);
  (*tally)[0] += select(vec4f(), loss, relation.positive);
  (*tally)[1] += select(vec4f(), vec4f(1.0), relation.positive & counted);
  (*tally)[2] += select(vec4f(), loss, relation.negative);
  (*tally)[3] += select(vec4f(), vec4f(1.0), relation.negative & counted);
}

fn combine(a: mat4x4f, b: mat4x4f) -> mat4x4f {
  return a + b;
}

fn finish(constants: Parameters, total: vec4f, others: f32) -> TowerLoss {
  let count = total[1] + total[3];
  let apart = total[0] / max(total[1], 1.0) + total[2] / max(total[3], 1.0);
  let together = (total[0] + total[2]) / max(count, 1.0);
  return TowerLoss(select(together, apart, constants.activeOnly > 0.0), count);
}

fn pull(constants: Parameters, total: vec4f, squaredDistance: vec4f, relation: Relation) -> vec4f {
  let distance = sqrt(squaredDistance);
  let excess = excessOf(constants, distance, relation.positive);
  let own = select(vec4f(total[3]), vec4f(total[1]), relation.positive);
  let terms = select(vec4f(total[1] + total[3]), own, constants.activeOnly > 0.0);
  let strength = select(vec4f(1.0), excess, constants.squared > 0.0) / max(terms, vec4f(1.0));
  // Two points in one place have no direction to be pulled in.
  let moves = (excess > vec4f()) & (squaredDistance > vec4f()) & (relation.positive | relation.negative);
  let slope = select(-strength, strength, relation.positive) / select(vec4f(1.0), distance, moves);
  return select(vec4f(), slope, moves);
}
