import { permute, random4 } from './random.ts';

/**
 * Which points are positives of each other.
 * - instances: two views of each thing; points 2p and 2p + 1 are the views of thing p. Disjoint pairs.
 * - classes: point i belongs to class i % classes; every class is fully connected.
 * - ring: point i is a view of the same thing as i - 1 and i + 1; all points are connected.
 */
export type DatasetKind = 'instances' | 'classes' | 'ring';

export interface Dataset {
  kind: DatasetKind;
  /** How many points there are. */
  points: number;
  /** How many classes, for 'classes'. */
  classes: number;
}

/** Streams of the generator, so that no two uses share randomness. */
const MATCHING_STREAM = 1;
const BATCH_STREAM = 2;

/** How many disjoint positive pairs one batch can hold at most. */
export function pairCount({ kind, points, classes }: Dataset): number {
  return kind === 'classes' ? classes * Math.floor(Math.floor(points / classes) / 2) : Math.floor(points / 2);
}

/** What the squares of the classes in a batch of `points` come to at most. */
export function mostEntries({ kind, points: all, classes }: Dataset, points: number): number {
  const largest = kind === 'classes' ? Math.ceil(all / classes) : 2;
  return Math.max(1, points) * Math.min(Math.max(1, points), largest);
}

/** The label of a point as the loss sees it within a batch: its class, or the pair it was drawn with. */
function labelOf(dataset: Dataset, point: number, pair: number): number {
  return dataset.kind === 'classes' ? point % dataset.classes : pair;
}

/**
 * The two points of positive pair `pair` at `step`. The pairs of one step are disjoint. `instances` pairs never
 * change; `classes` and `ring` are matched anew at every step, which is what connects their points over time.
 * shaders/dataset.wgsl computes the same.
 */
export function pairOf(dataset: Dataset, pair: number, seed: number, step: number): [number, number] {
  const { kind, points, classes } = dataset;
  switch (kind) {
    case 'instances':
      return [2 * pair, 2 * pair + 1];
    case 'ring': {
      const shift = random4(0, seed, step, MATCHING_STREAM)[0] >>> 31;
      return [(2 * pair + shift) % points, (2 * pair + 1 + shift) % points];
    }
    case 'classes': {
      const label = pair % classes;
      const member = 2 * Math.floor(pair / classes);
      const members = Math.floor((points - 1 - label) / classes) + 1;
      const stream = MATCHING_STREAM + 4 * (label + 1);
      return [
        label + classes * permute(member, members, seed, step, stream),
        label + classes * permute(member + 1, members, seed, step, stream),
      ];
    }
  }
}

/** The batch of one step: `pairs` disjoint positive pairs, chosen without replacement. */
export interface Sample {
  /** 2 x pairs point indices: the first views (queries), then the second views (keys). */
  indices: Uint32Array;
  /** 2 x pairs labels. */
  labels: Uint32Array;
}

export function sample(dataset: Dataset, pairs: number, seed: number, step: number): Sample {
  const available = pairCount(dataset);
  const indices = new Uint32Array(2 * pairs);
  const labels = new Uint32Array(2 * pairs);
  for (let slot = 0; slot < pairs; slot++) {
    const pair = pairs === available ? slot : permute(slot, available, seed, step, BATCH_STREAM);
    const [first, second] = pairOf(dataset, pair, seed, step);
    indices[slot] = first;
    indices[pairs + slot] = second;
    labels[slot] = labelOf(dataset, first, pair);
    labels[pairs + slot] = labelOf(dataset, second, pair);
  }
  return { indices, labels };
}
