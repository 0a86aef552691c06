/** The observer's side: answers questions about a cloud, one at a time, away from the page and from the run. */
import { createEngine } from '../../engine/create-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import { InputError } from '../../engine/input-error.ts';
import { measureGeometry } from '../../simulation/geometry/measure.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import { measurePrecision } from '../precision.ts';
import { truths } from '../registry.ts';
import type { Answers, FromObserver, Kernel, Question, ToObserver } from './messages.ts';

let engine: Promise<Engine> | undefined;
/** What the precision of another engine is compared with. */
let cpu: Promise<Engine> | undefined;
let computed = 0;
const computing = new Map<number, { resolve(result: unknown): void; reject(reason: Error): void }>();

addEventListener('message', ({ data: message }: MessageEvent<ToObserver>) => {
  switch (message.type) {
    case 'begin':
      engine =
        message.backend === 'webgpu'
          ? Promise.resolve(remoteEngine(message.description))
          : createEngine({ backend: message.backend });
      break;
    case 'ask':
      void reply(message.id, message.question, message.cloud);
      break;
    case 'computed':
      computing.get(message.id)?.resolve(message.result);
      computing.delete(message.id);
      break;
    case 'refused':
      computing
        .get(message.id)
        ?.reject(message.isInput ? new InputError('batch', message.reason) : new Error(message.reason));
      computing.delete(message.id);
      break;
  }
});

async function reply(id: number, question: Question, cloud: Cloud): Promise<void> {
  try {
    send({ type: 'answer', id, answer: await answerTo(question, cloud, await engine!) });
  } catch (error) {
    send({ type: 'unanswered', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function answerTo(question: Question, cloud: Cloud, present: Engine): Promise<Answers[keyof Answers]> {
  switch (question.about) {
    case 'geometry':
      return measureGeometry(present, cloud);
    case 'truth': {
      const truth = truths.find(({ number }) => number === question.number);
      return truth ? truth.evaluate(present, cloud) : [];
    }
    case 'precision': {
      const measured = await measurePrecision(present, cloud);
      if (present.backend === 'cpu') return [measured];
      cpu ??= createEngine({ backend: 'cpu' });
      return [measured, await measurePrecision(await cpu, cloud)];
    }
  }
}

/** Has a kernel run on the page. */
function compute<Result>(kernel: Kernel, ...inputs: unknown[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    const id = computed++;
    computing.set(id, { resolve: (result) => resolve(result as Result), reject });
    send({ type: 'compute', id, kernel, inputs });
  });
}

/** The engine of a page that has the device: kernels run there, everything else here. */
function remoteEngine(description: string): Engine {
  return {
    backend: 'webgpu',
    description,
    evaluate: (loss, batch, options) => compute('evaluate', loss, batch, options),
    similarity: (batch, options) => compute('similarity', batch, options),
    softmax: (logits, shape, temperature) => compute('softmax', logits, shape, temperature),
    dispose: () => undefined,
  };
}

function send(message: FromObserver): void {
  postMessage(message, { transfer: [] });
}
