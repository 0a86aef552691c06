// Which points are positives of each other: pairOf and labelOf of src/data/dataset.ts, bit for bit.
// Needs: random.

struct Dataset {
  kind: u32,        // INSTANCES, CLASSES or RING
  points: u32,
  classes: u32,
  available: u32,   // disjoint pairs one batch can hold at most
  seed: u32,
}

const INSTANCES = 0u;
const CLASSES = 1u;
const RING = 2u;

const MATCHING_STREAM = 1u;
const BATCH_STREAM = 2u;

// The two points of a positive pair at a step.
fn pairOf(pair: u32, step: u32) -> vec2u {
  switch dataset.kind {
    case CLASSES: {
      let label = pair % dataset.classes;
      let member = 2u * (pair / dataset.classes);
      let members = (dataset.points - 1u - label) / dataset.classes + 1u;
      let stream = MATCHING_STREAM + 4u * (label + 1u);
      return label + dataset.classes * vec2u(
        permute(member, members, dataset.seed, step, stream),
        permute(member + 1u, members, dataset.seed, step, stream),
      );
    }
    case RING: {
      let shift = random4(vec4u(0u, dataset.seed, step, MATCHING_STREAM)).x >> 31u;
      return (2u * pair + vec2u(shift, shift + 1u)) % dataset.points;
    }
    default: {
      return 2u * pair + vec2u(0u, 1u);
    }
  }
}

// The label of a point as the loss sees it: its class, or the pair it was drawn with.
fn labelOf(point: u32, pair: u32) -> u32 {
  return select(pair, point % dataset.classes, dataset.kind == CLASSES);
}
