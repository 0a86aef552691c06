// Functions that WGSL lacks, or gives too little accuracy for. They take four numbers at once, because the pair
// skeleton handles four anchors at once. WGSL may assume that infinities and NaN never arise, so none of these makes
// one: "minus infinity" is NOTHING, which no logit reaches.

const NOTHING = -3.0e38;

// log(1 + x) for x in [0, 1], as 2 atanh(x / (2 + x)). The built-in log is only absolutely accurate near 1, which
// would lose small losses.
fn log1p(x: vec4f) -> vec4f {
  let z = x / (2.0 + x);
  let q = z * z;
  return 2.0 * z * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q * (1.0 / 9.0
    + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q * (1.0 / 15.0))))))));
}

// log(1 + exp(x)).
fn softplus(x: vec4f) -> vec4f {
  return max(x, vec4f()) + log1p(exp(-abs(x)));
}

// 1 / (1 + exp(-x)).
fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f()) / (1.0 + e);
}

// A log-sum-exp in the making, for four anchors: log(sum exp(l)) = maximum + log(sum). Of what was taken in one by one,
// the maximum is the greatest logit; where many were taken in at once it may be another anchor's.
struct LogSumExp {
  maximum: vec4f,
  sum: vec4f,
}

fn emptyLogSumExp() -> LogSumExp {
  return LogSumExp(vec4f(NOTHING), vec4f());
}

// Takes in one logit per anchor where `included` says so; a single exponential serves both outcomes of the comparison.
fn include(seen: LogSumExp, logit: vec4f, included: vec4<bool>) -> LogSumExp {
  let candidate = select(vec4f(NOTHING), logit, included);
  let ratio = exp(-abs(candidate - seen.maximum));
  let raised = seen.sum * ratio + 1.0;
  let added = seen.sum + select(vec4f(), ratio, included);
  return LogSumExp(max(seen.maximum, candidate), select(added, raised, candidate > seen.maximum));
}

fn combineLogSumExp(a: LogSumExp, b: LogSumExp) -> LogSumExp {
  let maximum = max(a.maximum, b.maximum);
  return LogSumExp(maximum, a.sum * exp(a.maximum - maximum) + b.sum * exp(b.maximum - maximum));
}

// NOTHING where nothing was taken in. The smallest normal number, because the logarithm of 0 is not to arise.
fn logSumExp(seen: LogSumExp) -> vec4f {
  return select(vec4f(NOTHING), seen.maximum + log(max(seen.sum, vec4f(1.2e-38))), seen.sum > vec4f());
}
