import type uPlot from 'uplot';

/** A value that a curve is to be held against. */
export interface ReferenceLine {
  name: string;
  value: number;
}

/** Draws the line dashed across a plot. */
export function drawReferenceLine({ ctx, bbox, valToPos }: uPlot, value: number, colour: string): void {
  const y = Math.round(valToPos(value, 'y', true));
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
