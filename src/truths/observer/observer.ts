import type { Engine } from '../../engine/engine.ts';
import { InputError } from '../../engine/input-error.ts';
import type { Cloud } from '../../simulation/geometry/cloud.ts';
import type { Answers, FromObserver, Question, ToObserver } from './messages.ts';

/**
 * Answers questions about clouds in a worker, so that neither page nor run waits for them. An engine on a graphics
 * device stays on the page and lends its kernels.
 */
export class Observer {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #engine: Engine | { backend: 'cpu' | 'reference' };
  readonly #asked = new Map<
    number,
    { resolve(answer: Answers[keyof Answers]): void; reject(reason: Error): void }
  >();
  #count = 0;
  /** Why it answers nothing any more. */
  #ended: string | undefined;

  /** @param engine one of the page, which is disposed of with the observer; or the kind to make in the worker. */
  constructor(engine: Engine | { backend: 'cpu' | 'reference' }) {
    this.#engine = engine;
    this.#worker.addEventListener('message', ({ data }: MessageEvent<FromObserver>) => this.#receive(data));
    this.#worker.addEventListener('error', ({ message }) =>
      this.#end(`What measures the cloud stopped: ${message || 'its script did not load'}.`),
    );
    const description = 'description' in engine ? engine.description : '';
    this.#send({ type: 'begin', backend: engine.backend, description });
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** @throws Error when it cannot be answered. */
  ask<About extends keyof Answers>(
    question: Extract<Question, { about: About }>,
    cloud: Cloud,
  ): Promise<Answers[About]> {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    return new Promise((resolve, reject) => {
      const id = this.#count++;
      this.#asked.set(id, { resolve: (answer) => resolve(answer as Answers[About]), reject });
      this.#send({ type: 'ask', id, question, cloud });
    });
  }

  dispose(): void {
    this.#end('The cloud is no longer observed.');
    if ('dispose' in this.#engine) this.#engine.dispose();
  }

  #receive(message: FromObserver): void {
    switch (message.type) {
      case 'answer':
        this.#asked.get(message.id)?.resolve(message.answer);
        this.#asked.delete(message.id);
        break;
      case 'unanswered':
        this.#asked.get(message.id)?.reject(new Error(message.reason));
        this.#asked.delete(message.id);
        break;
      case 'compute':
        void this.#compute(message);
        break;
    }
  }

  async #compute({ id, kernel, inputs }: Extract<FromObserver, { type: 'compute' }>): Promise<void> {
    try {
      const engine = this.#engine as unknown as Record<typeof kernel, (...inputs: unknown[]) => unknown>;
      this.#send({ type: 'computed', id, result: await engine[kernel](...inputs) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#send({ type: 'refused', id, reason, isInput: error instanceof InputError });
    }
  }

  #send(message: ToObserver): void {
    this.#worker.postMessage(message, { transfer: [] });
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#worker.terminate();
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
  }
}
