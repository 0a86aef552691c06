// What the gradient kernels share: which ends of a pair pull, and what is summed of the pulls.

struct PullSum {
  pullSimilarity: vec4f,   // sum over candidates of dL/ds * s, for the gradient of the temperature
  pull: vec4f,             // sum over candidates of dL/ds
}

// Which ends of a pair are anchors in this sweep, and whether the sums are wanted.
override ROWS_ARE_ANCHORS: bool = true;
override COLUMNS_ARE_ANCHORS: bool = true;
override SUM_PULLS: bool = true;
