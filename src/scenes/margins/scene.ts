import { defineScene } from '../scene.ts';
import { fields } from './model.ts';
import { MarginsView } from './view.ts';

export const margins = defineScene({
  key: 'margins',
  heading: 'A margin says when far is far enough',
  text: 'Drag the negative n out of the disc around the anchor a: beyond its edge n costs exactly 0 and its arrow is gone. Let it be pushed on all the same, and it never stops. A triplet asks only that n be farther than the positive p, by the margin; of many triplets, fewer and fewer still ask as they follow their arrows.',
  cloud: { data: 'classes', points: '4096', loss: 'contrastive' },
  fields,
  show: (frame) => new MarginsView(frame),
});
