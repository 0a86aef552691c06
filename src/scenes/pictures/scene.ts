import { defineScene } from '../scene.ts';
import { fields } from './model.ts';
import { PicturesView } from './view.ts';

export const pictures = defineScene({
  key: 'pictures',
  heading: 'Pull two views together, push everything else away',
  text: 'Two views of one cat belong in one place; a fish belongs elsewhere. Drag a picture: its partner is pulled after it, all others are pushed out of its way, each along its arrow. Then let the negatives do nothing, and guess what is left.',
  cloud: { points: '4096' },
  fields,
  show: (frame) => new PicturesView(frame),
});
