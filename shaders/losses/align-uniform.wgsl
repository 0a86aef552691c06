// Alignment and uniformity: d^alpha of the matches, and the log of the mean of exp(-t d^2) over all pairs of a tower.
//   A tally is: sum of d^alpha, how many, and a log-sum-exp in the making (maximum, sum) of -t d^2.

struct Parameters {
  alpha: f32,
  t: f32,
  weight: f32,
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

fn emptyTally() -> mat4x4f {
  return mat4x4f(vec4f(), vec4f(), vec4f(NOTHING), vec4f());
}

// d^exponent, from d^2 above 0.
fn powerOf(squaredDistance: vec4f, exponent: f32) -> vec4f {
  return exp(0.5 * exponent * log(squaredDistance));
}

fn accumulate(tally: ptr<function, mat4x4f>, constants: Parameters, squaredDistance: vec4f, relation: Relation) {
  if (any(relation.positive)) {
    let apart = relation.positive & (squaredDistance > vec4f());
    let power = powerOf(select(vec4f(1.0), squaredDistance, apart), constants.alpha);
    (*tally)[0] += select(vec4f(), select(power, squaredDistance, constants.alpha == 2.0), apart);
    (*tally)[1] += select(vec4f(), vec4f(1.0), relation.positive);
  }
  let seen = include(LogSumExp((*tally)[2], (*tally)[3]), -constants.t * squaredDistance, relation.negative);
  (*tally)[2] = seen.maximum;
  (*tally)[3] = seen.sum;
}

fn combine(a: mat4x4f, b: mat4x4f) -> mat4x4f {
  let both = combineLogSumExp(LogSumExp(a[2], a[3]), LogSumExp(b[2], b[3]));
  return mat4x4f(a[0] + b[0], a[1] + b[1], both.maximum, both.sum);
}

fn finish(constants: Parameters, total: vec4f, others: f32) -> TowerLoss {
  var uniformity = 0.0;
  if (others > 0.0) {
    uniformity = total[2] + log(total[3] / (max(total[1], 1.0) * others));
  }
  return TowerLoss(total[0] / max(total[1], 1.0) + constants.weight * uniformity, total[1]);
}

fn pull(constants: Parameters, total: vec4f, squaredDistance: vec4f, relation: Relation) -> vec4f {
  let share = exp(min(-constants.t * squaredDistance - total[2], vec4f())) / max(total[3], 1.0);
  var slope = -2.0 * constants.t * constants.weight * share;
  if (any(relation.positive)) {
    let power = powerOf(select(vec4f(1.0), squaredDistance, squaredDistance > vec4f()), constants.alpha - 2.0);
    slope = select(slope, constants.alpha / max(total[1], 1.0) * power, relation.positive);
  }
  // Two points in one place have no direction to be pulled in.
  let moves = (squaredDistance > vec4f()) & (relation.positive | relation.negative);
  return select(vec4f(), slope, moves);
}
