/** The worker's side of a profile of a run on the host. */
import { createEngine } from '../../engine/create-engine.ts';
import type { FromProfiler, ToProfiler } from './messages.ts';
import { profileOnHost } from './on-host.ts';

addEventListener('message', async ({ data }: MessageEvent<ToProfiler>) => {
  const { backend, start, hyperparameters, state } = data;
  try {
    const engine = await createEngine({ backend });
    const profile = await profileOnHost(engine, start, hyperparameters, state, (fraction, label) =>
      send({ type: 'progress', fraction, label }),
    );
    send({ type: 'profile', profile });
  } catch (error) {
    send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});

function send(message: FromProfiler): void {
  postMessage(message);
}
