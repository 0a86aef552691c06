import type uPlot from 'uplot';
import { withMinus } from './format.ts';

/** A value that a curve is to be held against. */
export interface ReferenceLine {
  name: string;
  value: number;
}

export const CHART_FONT_SIZE = 11;
export const CHART_FONT_FAMILY = 'ui-sans-serif, system-ui, sans-serif';

/** Draws the line dashed over a finished plot, with its name and value at the right. */
export function drawReferenceLine(
  plot: uPlot,
  { name, value }: ReferenceLine,
  { ink, background }: { ink: string; background: string },
): void {
  const { ctx, bbox } = plot;
  const pixel = devicePixelRatio;
  const right = bbox.left + bbox.width;
  const y = Math.round(plot.valToPos(value, 'y', true));
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = ink;
  ctx.lineWidth = pixel;
  ctx.setLineDash([4 * pixel, 4 * pixel]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(right, y);
  ctx.stroke();

  const below = y - bbox.top < bbox.height / 2;
  const label = withMinus(`${name} = ${value.toFixed(2)}`);
  const labelY = y + (below ? 3 : -3) * pixel;
  ctx.font = `${CHART_FONT_SIZE * pixel}px ${CHART_FONT_FAMILY}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = below ? 'top' : 'bottom';
  // The curve may pass behind the words.
  ctx.strokeStyle = background;
  ctx.lineWidth = 4 * pixel;
  ctx.lineJoin = 'round';
  ctx.setLineDash([]);
  ctx.strokeText(label, right - 2 * pixel, labelY);
  ctx.fillText(label, right - 2 * pixel, labelY);
  ctx.restore();
}
