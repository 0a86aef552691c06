import { defineScene } from '../scene.ts';
import { fields } from './model.ts';
import { LineUpView } from './view.ts';

export const lineUp = defineScene({
  key: 'line-up',
  heading: 'Softmax is a line-up: your own key must stand out',
  text: 'The query q has to pick its own key, the green one, out of a line-up. Each beam is as wide as the probability a key gets, and the loss is −log of the green beam. Drag anything; then turn the temperature from brittle to flat.',
  cloud: { loss: 'info-nce', points: '4096', temperature: '0.05' },
  fields,
  show: (frame) => new LineUpView(frame),
});
