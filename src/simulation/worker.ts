/** The worker's side of a run on the host: steps while it may, and sends pictures no faster than the page takes them. */
import type { Engine } from '../engine/engine.ts';
import { laterTask } from '../engine/slices.ts';
import { Allowance } from './allowance.ts';
import { HostSimulation } from './host-simulation.ts';
import type { ToPage, ToWorker } from './messages.ts';
import type { Span } from './trace.ts';

/** Milliseconds between pictures, at least: a little less than a frame at 60 a second, so that no frame goes without. */
const PICTURE_INTERVAL = 14;

/** Milliseconds between measurements of the metrics, at least; longer where they would take more than this share. */
const METRICS_INTERVAL = 100;
const METRICS_SHARE = 0.1;

/** Quick steps follow each other for this many milliseconds before waiting messages are handled. */
const BURST = 8;

/** Loaded before anybody asks: a worker may have been started ahead of its run. */
const loadingCpuEngine = import('../engine/cpu/cpu-engine.ts');

let run: Run | undefined;

addEventListener('message', async ({ data: message }: MessageEvent<ToWorker>) => {
  try {
    if (message.type !== 'begin') {
      await run?.receive(message);
      return;
    }
    const { backend, start, hyperparameters, state, timeOrigin } = message;
    const engine = await createEngine(backend);
    const spans = new Spans(timeOrigin);
    run = new Run(new HostSimulation(spans.around(engine), start, hyperparameters, state), spans);
    run.begin(engine.description, new Float32Array(4 * start.dataset.points));
  } catch (error) {
    run = undefined;
    send({ type: 'failure', reason: error instanceof Error ? error.message : String(error) });
  }
});

function send(message: ToPage, transfer: Transferable[] = []): void {
  postMessage(message, { transfer });
}

async function createEngine(backend: 'cpu' | 'reference'): Promise<Engine> {
  if (backend === 'cpu') {
    const { createCpuEngine } = await loadingCpuEngine;
    return createCpuEngine();
  }
  const { createReferenceEngine } = await import('../engine/reference/reference-engine.ts');
  return createReferenceEngine();
}

/** What was computed and when, told with the pictures while somebody listens. */
class Spans {
  on = false;
  private readonly offset: number;
  private spans: Span[] = [];

  constructor(timeOrigin: number) {
    this.offset = performance.timeOrigin - timeOrigin;
  }

  add(label: string, begin: number): void {
    if (!this.on) return;
    const { offset } = this;
    this.spans.push({ label, begin: begin + offset, end: performance.now() + offset, clock: 'wall' });
  }

  /** The same engine, whose evaluations are told. */
  around(engine: Engine): Engine {
    const evaluate = engine.evaluate.bind(engine);
    engine.evaluate = async (...inputs) => {
      const begin = performance.now();
      const result = await evaluate(...inputs);
      this.add('loss and gradient', begin);
      return result;
    };
    return engine;
  }

  flush(): void {
    if (this.spans.length > 0) send({ type: 'spans', spans: this.spans });
    this.spans = [];
  }
}

class Run {
  private readonly simulation: HostSimulation;
  private readonly spans: Spans;
  private readonly allowance = new Allowance();
  private stepping = false;
  /** The array for the next picture, while the page does not have it. */
  private spare: Float32Array | undefined;
  private moved = false;
  private unmeasured = false;
  private pictureDue = 0;
  private metricsDue = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(simulation: HostSimulation, spans: Spans) {
    this.simulation = simulation;
    this.spans = spans;
  }

  /** Sends the picture of the start. A second array goes back and forth; the page draws the other. */
  begin(description: string, positions: Float32Array): void {
    this.spare = new Float32Array(positions.length);
    this.simulation.project(positions);
    const picture = { step: this.simulation.stepsTaken, statistics: undefined, positions };
    send({ type: 'ready', description, picture }, [positions.buffer]);
  }

  async receive(message: Exclude<ToWorker, { type: 'begin' }>): Promise<void> {
    switch (message.type) {
      case 'configure':
        this.simulation.configure(message.hyperparameters);
        break;
      case 'advance':
        this.allowance.grant(message.steps, performance.now());
        await this.takeSteps();
        break;
      case 'place':
        this.simulation.place(message.point, message.x, message.y, message.z);
        this.show(true);
        break;
      case 'snapshot': {
        const state = this.simulation.snapshot();
        const { embeddings, weights = new Float32Array(), firstMoments, secondMoments } = state;
        const arrays = [embeddings, weights, firstMoments, secondMoments];
        send(
          { type: 'snapshot', state },
          arrays.map((array) => array.buffer),
        );
        break;
      }
      case 'trace':
        this.spans.on = message.on;
        break;
      case 'recycle':
        this.spare = message.positions;
        this.show();
        break;
    }
  }

  private async takeSteps(): Promise<void> {
    if (this.stepping) return;
    this.stepping = true;
    let burstEnd = performance.now() + BURST;
    while (this.allowance.take(performance.now())) {
      const begin = performance.now();
      await this.simulation.step();
      this.spans.add('step', begin);
      this.show(true);
      if (performance.now() < burstEnd) continue;
      await laterTask();
      burstEnd = performance.now() + BURST;
    }
    this.stepping = false;
  }

  /** Sends a picture if there is news and it is time; otherwise comes back when it will be. */
  private show(news = false): void {
    this.moved ||= news;
    this.unmeasured ||= news;
    if (!this.spare || !this.unmeasured) return;
    clearTimeout(this.timer);
    const now = performance.now();
    const due = this.moved ? this.pictureDue : this.metricsDue;
    if (now < due) {
      this.timer = setTimeout(() => this.show(), due - now);
      return;
    }
    if (now >= this.metricsDue) {
      this.simulation.measure();
      const measured = performance.now();
      this.spans.add('metrics', now);
      this.metricsDue = measured + Math.max(METRICS_INTERVAL, (measured - now) / METRICS_SHARE);
      this.unmeasured = false;
    }
    const positions = this.spare;
    const begin = performance.now();
    this.simulation.project(positions);
    this.spans.add('picture', begin);
    this.spans.flush();
    const { stepsTaken: step, statistics } = this.simulation;
    send({ type: 'picture', picture: { step, statistics, positions } }, [positions.buffer]);
    this.spare = undefined;
    this.moved = false;
    this.pictureDue = now + PICTURE_INTERVAL;
  }
}
