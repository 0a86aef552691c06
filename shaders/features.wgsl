// What every kernel over features shares. A feature is one coordinate of the points: column j of the queries and of the
// keys, over the N pairs of a batch. Points lie in quads as in pairing: the queries, then as many quads of keys.

// Which matrix over the features is taken. True: that between the features of queries and those of keys, standardized,
// divided by N (matrix 0; matrix 1 is its transpose). False: the covariances of the queries (0) and of the keys (1).
override CORRELATION: bool = false;

struct Features {
  dimension: u32,
  rows: u32,        // N
  towerQuads: u32,  // quads of one tower, padding included
  splits: u32,      // workgroups that share the points of one tile of the matrix
}

// Which of its tiles a dispatch begins with.
struct Slice {
  firstTile: u32,
}

// One feature of one tower.
struct Column {
  inverseDeviation: f32,    // 1 where nothing is standardized
  squaredDifference: f32,   // sum over the pairs of (query - key)^2; of the queries alone
}

// One row of a matrix over the features.
struct FeatureTerm {
  loss: f32,
  projection: f32,   // sum over the row of slope x entry, which is what standardizing takes out of the gradient
}

const FEATURE_TILE = 32u;   // features of a workgroup: 8 invocations of four
const POINT_TILE = 16u;     // quads of a workgroup of the gradient: 8 invocations of two
