import { defineScene } from '../scene.ts';
import { fields } from './model.ts';
import { ScaleView } from './view.ts';

export const scale = defineScene({
  key: 'scale',
  heading: 'A bigger batch can prove more, and wavers less',
  text: 'However much two views share, a batch of N can prove no more of it than ln N: small batches are stuck under their ceiling. Drag N to the right, until the ceiling passes the truth. Gradients gain too: those of small batches lie nearly at right angles to the right way, those of large ones close to it.',
  cloud: { loss: 'info-nce', points: '4096', pairs: '64' },
  fields,
  show: (frame) => new ScaleView(frame),
});
