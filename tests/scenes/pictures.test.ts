import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/create-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { onCircle } from '../../src/scenes/circle.ts';
import { olderViewsOf, viewsOf } from '../../src/scenes/pictures/augment.ts';
import { EncodedPictures, FreePictures } from '../../src/scenes/pictures/learners.ts';
import type { Learner } from '../../src/scenes/pictures/learners.ts';
import { countBlobs, fields, measurePictures } from '../../src/scenes/pictures/model.ts';
import { INPUTS, pixelsOf, PLAIN, things } from '../../src/scenes/pictures/picture.ts';
import {
  ALL_TIES,
  areTied,
  CHAIN,
  countPieces,
  pairsOf,
  PICTURES,
  tiesOf,
  TWO_VIEWS,
  withToggled,
} from '../../src/scenes/pictures/ties.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ backend: 'cpu' });
});

const places = fields.places.default;
const views = viewsOf({ anchor: 0, views: 0 });

/** Blobs after some steps of descent. */
async function blobsAfter(
  steps: number,
  learner: Learner,
  graph: { ties: number; negatives: boolean },
): Promise<number> {
  for (let step = 0; step < steps; step++)
    await learner.step(async (embeddings) => (await measurePictures(engine, embeddings, graph)).gradient);
  return countBlobs(learner.angles());
}

describe('the positive graph', () => {
  it('keeps, cuts and adds ties', () => {
    expect(pairsOf(TWO_VIEWS)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
    ]);
    expect(pairsOf(ALL_TIES)).toHaveLength((PICTURES * (PICTURES - 1)) / 2);
    const cut = withToggled(CHAIN, 4, 3);
    expect(areTied(CHAIN, 3, 4)).toBe(true);
    expect(areTied(cut, 4, 3)).toBe(false);
    expect(withToggled(cut, 3, 4)).toBe(CHAIN);
    expect(withToggled(CHAIN, 2, 2)).toBe(CHAIN);
    expect([0, TWO_VIEWS, cut, CHAIN, ALL_TIES].map(countPieces)).toEqual([8, 4, 2, 1, 1]);
  });
});

describe('blobs', () => {
  it('are runs without a gap, around the back of the circle too', () => {
    expect(countBlobs([0, 5, 12, 90, -175, 178])).toBe(3);
    expect(countBlobs([40, 40, 40])).toBe(1);
    expect(countBlobs([0, 90, 180, -90])).toBe(4);
  });

  it('without negatives are the connected pieces of the positive graph, for free points', async () => {
    for (const ties of [TWO_VIEWS, withToggled(CHAIN, 3, 4), CHAIN, 0]) {
      const blobs = await blobsAfter(400, new FreePictures(places), { ties, negatives: false });
      expect(blobs).toBe(countPieces(ties));
    }
  });

  it('through one encoder are one, though the graph is in pieces, whatever weights it began with', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const encoder = new EncodedPictures(views, seed);
      expect(await blobsAfter(150, encoder, { ties: TWO_VIEWS, negatives: false })).toBe(1);
    }
  });

  it('through the encoder of the scene are one for any ties, and with negatives the four things', async () => {
    const start = countBlobs(new EncodedPictures(views).angles());
    expect(start).toBeGreaterThan(4);
    for (const ties of [
      CHAIN,
      ALL_TIES,
      tiesOf([[0, 1]]),
      tiesOf([[0, 4]]),
      tiesOf([
        [2, 3],
        [6, 7],
      ]),
    ]) {
      expect(await blobsAfter(150, new EncodedPictures(views), { ties, negatives: false })).toBe(1);
    }
    expect(await blobsAfter(0, new EncodedPictures(views), { ties: 0, negatives: false })).toBe(start);
    expect(await blobsAfter(250, new EncodedPictures(views), { ties: TWO_VIEWS, negatives: true })).toBe(4);
  });
});

describe('what is measured', () => {
  it('is the gradient of its loss', async () => {
    const reference = await createEngine({ backend: 'reference' });
    const graph = {
      ties: tiesOf([
        [0, 1],
        [1, 2],
        [5, 6],
      ]),
      negatives: true,
    };
    const at = (angles: readonly number[]) => measurePictures(reference, angles.map(onCircle), graph);
    const { gradient } = await at(places);
    for (let picture = 0; picture < PICTURES; picture++) {
      const step = 1;
      const after = await at(places.with(picture, places[picture] + step));
      const before = await at(places.with(picture, places[picture] - step));
      const slope = (after.loss - before.loss) / ((2 * step * Math.PI) / 180);
      const { x, y } = onCircle(places[picture]);
      expect(gradient[picture].y * x - gradient[picture].x * y).toBeCloseTo(slope, 2);
    }
  });

  it('is finite where nothing is tied, everything is tied, or all lie on one place', async () => {
    for (const ties of [0, TWO_VIEWS, ALL_TIES]) {
      for (const negatives of [true, false]) {
        const { loss, gradient } = await measurePictures(
          engine,
          places.map(() => onCircle(30)),
          {
            ties,
            negatives,
          },
        );
        expect(Number.isFinite(loss)).toBe(true);
        for (const { x, y } of gradient) expect(Math.hypot(x, y)).toBeLessThan(1e-5);
      }
    }
  });
});

describe('pictures', () => {
  it('are told apart by their pixels, and changed by augmentation', () => {
    const plain = things.map((thing) => pixelsOf(thing, PLAIN));
    for (const pixels of plain) {
      expect(pixels).toHaveLength(INPUTS);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(1);
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(-1);
    }
    expect(new Set(plain.map(String)).size).toBe(things.length);
    // Half a turn turns the rows around.
    const turned = pixelsOf(things[0], { ...PLAIN, rotation: 180 });
    expect(turned[0]).toBeCloseTo(plain[0][INPUTS - 3], 5);
    expect(pixelsOf(things[0], { ...PLAIN, brightness: -1 }).every((value) => value === -1)).toBe(true);
  });

  it('are new views of the anchor when it is augmented, the same for the same link', () => {
    const newest = viewsOf({ anchor: 2, views: 3 });
    expect(newest).toEqual(viewsOf({ anchor: 2, views: 3 }));
    expect(newest[3]).not.toEqual(viewsOf({ anchor: 2, views: 2 })[3]);
    expect(olderViewsOf({ anchor: 2, views: 3 })).toHaveLength(2);
    expect(olderViewsOf({ anchor: 2, views: 3 })[0]).toEqual(viewsOf({ anchor: 2, views: 2 })[3]);
  });
});
