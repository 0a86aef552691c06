// Triplets of an anchor, one of its positives and one of its negatives: what the kernels share.
//
// The entries are the ordered pairs of each class, a point with itself included, one anchor after the other: the pair of
// anchor a and the point of rank r in its class is entry groups[a].start + r. Negatives are met a panel at a time: the
// columns first .. end - 1 of the matrix of distances.
// Needs: numerics, a loss (Parameters).

struct Shape {
  dimension: u32,
  rows: u32,
  quads: u32,       // quads in all, padding included
  width: u32,       // columns of a panel
}

struct Panel {
  first: u32,
  end: u32,
  chooses: u32,     // 1 = only for mining that chooses
}

// Which of its tiles a dispatch begins with.
struct Slice {
  first: u32,
}

struct Group {
  start: u32,       // its first entry
  size: u32,        // points of its class
  rank: u32,        // place within the class
  farthest: u32,    // rank of its farthest positive
}

struct Entry {
  anchor: u32,
  positive: u32,
}

struct Pull {
  slope: f32,       // of the sum of all terms in the distance of anchor and positive
  loss: f32,        // sum of the terms
  count: f32,       // how many there are
  choice: u32,      // the negative that mining chose
}

const EUCLIDEAN = 0u;
const SQUARED_EUCLIDEAN = 1u;
const COSINE = 2u;

const ALL = 0u;
const SEMI_HARD = 1u;
const HARD = 2u;
const NEAREST_BEYOND = 3u;
const HARDEST = 4u;

const NOBODY = 0xffffffffu;

// From the sum of squared differences, or of products.
fn distanceFrom(sum: vec4f) -> vec4f {
  if (parameters.distance == COSINE) {
    return 1.0 - sum;
  }
  return select(sum, sqrt(sum), parameters.distance == EUCLIDEAN);
}

// What weighs the difference of two points, by the slope in their distance: the derivative of the distance is
// (u - v) / d, 2 (u - v), or -v.
fn strengthOf(slope: f32, distance: f32) -> f32 {
  switch parameters.distance {
    case EUCLIDEAN: {
      // Two points in one place have no direction to be pulled in.
      let apart = distance > 0.0;
      return select(0.0, slope / select(1.0, distance, apart), apart);
    }
    case SQUARED_EUCLIDEAN: {
      return 2.0 * slope;
    }
    default: {
      return slope;
    }
  }
}

// What moves a point: its difference to the other, or minus the other.
fn directionOf(point: vec4f, other: vec4f) -> vec4f {
  return select(point - other, -other, parameters.distance == COSINE);
}
