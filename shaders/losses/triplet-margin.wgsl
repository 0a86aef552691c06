// Triplet margin: [lead + margin]+ or softplus(lead), where the lead is how much farther the positive is than the
// negative.

struct Parameters {
  margin: f32,
  distance: u32,     // EUCLIDEAN, SQUARED_EUCLIDEAN or COSINE
  mining: u32,       // ALL, SEMI_HARD, HARD, NEAREST_BEYOND or HARDEST
  swap: u32,         // 1 = the negative's distance to the positive counts where it is smaller
  soft: u32,
  activeOnly: u32,   // 1 = only terms above 0 are averaged
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

// Whether a triplet is a term, where it is not for the skeleton to choose.
fn selects(positive: f32, negative: f32) -> bool {
  let gap = negative - positive;
  switch parameters.mining {
    case SEMI_HARD: {
      return gap > 0.0 && gap <= parameters.margin;
    }
    case HARD: {
      return gap <= 0.0;
    }
    default: {
      return true;
    }
  }
}

fn term(lead: f32) -> f32 {
  if (parameters.soft == 1u) {
    return softplus(vec4f(lead)).x;
  }
  return max(0.0, lead + parameters.margin);
}

// d term / d lead.
fn slope(lead: f32) -> f32 {
  if (parameters.soft == 1u) {
    return sigmoid(vec4f(lead)).x;
  }
  return select(0.0, 1.0, lead + parameters.margin > 0.0);
}
