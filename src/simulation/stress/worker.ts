/** The worker's side of a stress test of an engine that computes where it is called. */
import { createEngine } from '../../engine/create-engine.ts';
import type { FromStress, ToStress } from './messages.ts';
import { climb } from './ramp.ts';

addEventListener('message', async ({ data: { backend, ramp, budget } }: MessageEvent<ToStress>) => {
  try {
    const engine = await createEngine({ backend });
    send({ type: 'begun', engine: engine.description });
    const ending = await climb(engine, ramp, budget, {
      onMeasured: (measured) => send({ type: 'measured', measured }),
      onProgress: (size, fraction) => send({ type: 'progress', size, fraction }),
    });
    send({ type: 'ended', ending });
  } catch (error) {
    send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});

function send(message: FromStress): void {
  postMessage(message);
}
