/** What happens in a page, in milliseconds since its opening. */
export interface Log {
  frames: { began: number; ended: number }[];
  /** Pictures of the cloud: when they were drawn, and when the device was done with them. */
  pictures: { drawn: number; finished: number }[];
  inputs: { type: string; at: number }[];
  /** Where the page changed what it shows: the buttons, the controls, or the name of the engine, written anew by each run. */
  changes: { where: 'transport' | 'panel' | 'run'; at: number }[];
  /** The step that the status line shows, whenever it is another one. */
  steps: { step: number; at: number }[];
  /** Event Timing: from an input to the next frame on the screen. The browser rounds to 8 ms and leaves out what is below 16. */
  paints: { type: string; at: number; duration: number }[];
  /** When points first moved, as far as the page knows. */
  moved: number | undefined;
}

declare global {
  // A global of the page, which the protocol can reach.
  var log: Log;
}

export function hasMoved(log: Log): boolean {
  return log.moved !== undefined;
}

/** Runs in the page before its own scripts, and writes the log. It must not refer to anything outside itself. */
export function probe(): void {
  const log: Log = (globalThis.log = {
    frames: [],
    pictures: [],
    inputs: [],
    changes: [],
    steps: [],
    paints: [],
    moved: undefined,
  });

  // A message sent during a frame arrives once the frame is rendered.
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener('message', ({ data: began }) => {
    log.frames.push({ began, ended: performance.now() });
  });
  port1.start();
  const frame = () => {
    port2.postMessage(performance.now());
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);

  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (
    this: CanvasRenderingContext2D,
    ...rest: unknown[]
  ) {
    const drawn = performance.now();
    Reflect.apply(putImageData, this, rest);
    log.pictures.push({ drawn, finished: performance.now() });
  };
  if ('GPUCanvasContext' in globalThis) {
    const { getCurrentTexture } = GPUCanvasContext.prototype;
    GPUCanvasContext.prototype.getCurrentTexture = function (this: GPUCanvasContext) {
      const picture = { drawn: performance.now(), finished: Infinity };
      log.pictures.push(picture);
      // Once the picture has been submitted, which follows at once.
      queueMicrotask(() => {
        const done = this.getConfiguration()?.device.queue.onSubmittedWorkDone();
        void done?.then(() => (picture.finished = performance.now()));
      });
      return getCurrentTexture.call(this);
    };
  }

  for (const type of ['pointerdown', 'pointermove', 'click']) {
    addEventListener(type, ({ timeStamp: at }) => log.inputs.push({ type, at }), { capture: true });
  }
  new PerformanceObserver((list) => {
    for (const { name, startTime, duration } of list.getEntries()) {
      log.paints.push({ type: name, at: startTime, duration });
    }
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === 'points move') log.moved ??= startTime;
  }).observe({ type: 'mark' });

  new MutationObserver((mutations) => {
    const at = performance.now();
    for (const { target } of mutations) {
      const element = target instanceof Element ? target : target.parentElement;
      if (element?.closest('#transport')) log.changes.push({ where: 'transport', at });
      if (element?.closest('#panel')) log.changes.push({ where: 'panel', at });
      if (element?.closest('#status .engine')) log.changes.push({ where: 'run', at });
      if (element?.closest('#status .step')) {
        const step = Number(element.textContent!.replaceAll(/\D/g, ''));
        if (step !== log.steps.at(-1)?.step) log.steps.push({ step, at });
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
}
