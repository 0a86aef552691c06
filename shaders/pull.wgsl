// What the gradient kernels share: which ends of a pair pull, and the sums of all pulls.

struct PullSum {
  pullSimilarity: vec4f,   // sum over candidates of dL/ds * s, for the gradient of the temperature
  pull: vec4f,             // sum over candidates of dL/ds
}

// Which ends of a pair are anchors in this sweep, and whether the sums are wanted.
override ROWS_ARE_ANCHORS: bool = true;
override COLUMNS_ARE_ANCHORS: bool = true;
override SUM_PULLS: bool = true;

fn addPulls(sum: ptr<function, PullSum>, pulled: vec4f, similarity: vec4f) {
  if (SUM_PULLS) {
    (*sum).pull += pulled;
    (*sum).pullSimilarity += pulled * similarity;
  }
}
