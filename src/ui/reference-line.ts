import type uPlot from 'uplot';

/** A value that a curve is to be held against. */
export interface ReferenceLine {
  name: string;
  value: number;
}

const NAME_FONT = '10px ui-sans-serif, system-ui, sans-serif';

/** Draws the line dashed across a plot, where it has it, with its name on it. */
export function drawReferenceLine(
  { ctx, bbox, valToPos }: uPlot,
  value: number,
  colour: string,
  name: string,
): void {
  const y = Math.round(valToPos(value, 'y', true));
  if (!(y >= bbox.top && y <= bbox.top + bbox.height)) return;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  if (name) {
    ctx.fillStyle = colour;
    ctx.font = NAME_FONT.replace('10', String(10 * devicePixelRatio));
    ctx.textAlign = 'right';
    // Below the line where there is no room above it.
    const above = y - bbox.top > 14 * devicePixelRatio;
    ctx.textBaseline = above ? 'bottom' : 'top';
    ctx.fillText(name, bbox.left + bbox.width, y + (above ? -2 : 2) * devicePixelRatio);
  }
  ctx.restore();
}
