import { Stage } from './stage.ts';
import { svg } from './svg.ts';

/** A stage with the unit circle in it, and room around it for what points outward. */
export function circleStage(container: HTMLElement, label: string): Stage {
  const stage = new Stage(container, label, { x: 1.35, y: 1.35 });
  stage.addLayer('guide').append(svg('circle', { r: 1 }));
  return stage;
}
