/** One thread: takes its steps of an evaluation, in memory that all threads share. */
import type { StreamedProgram } from '../programs.ts';
import { BARRIER, TURN } from '../pairs/passes.ts';
import { work } from '../work.ts';
import type { Part } from '../work.ts';
import { Barrier } from './barrier.ts';
import type { FromThread, SharedProgram, ToThread } from './messages.ts';

let current: { kernels: StreamedProgram['kernels']; program: SharedProgram } | undefined;

addEventListener('message', ({ data: { thread, part, program } }: MessageEvent<ToThread>) => {
  try {
    if (program) {
      const { exports } = new WebAssembly.Instance(program.module, { host: { memory: program.memory } });
      current = { kernels: exports as unknown as StreamedProgram['kernels'], program };
    }
    if (!current) throw new Error('there is nothing to work on');
    takeSteps(current.kernels, current.program, thread, part);
    send({ type: 'done' });
  } catch (error) {
    send({ type: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
});

function takeSteps(
  kernels: StreamedProgram['kernels'],
  { memory, plan }: SharedProgram,
  thread: number,
  part: Part,
): void {
  const barrier = new Barrier(memory, plan);
  const finished = new Float64Array(memory.buffer, plan.finished + 64 * thread, 1);
  for (const step of work(kernels, memory, plan, thread, part)) {
    if (step === BARRIER) barrier.wait();
    else if (step === TURN) barrier.pause();
    else finished[0] += step;
    if (barrier.isStopped) return;
  }
}

function send(message: FromThread): void {
  postMessage(message);
}
