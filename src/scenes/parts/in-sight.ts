/** Whether an element is within the window: what nobody sees need not be computed. */
export class InSight {
  #isInSight = false;
  #waiting: (() => void)[] = [];

  constructor(element: Element) {
    new IntersectionObserver((entries) => {
      this.#isInSight = entries[entries.length - 1].isIntersecting;
      if (!this.#isInSight) return;
      for (const proceed of this.#waiting.splice(0)) proceed();
    }).observe(element);
  }

  /** Resolves at once while the element is in sight, else as soon as it is. */
  async wait(): Promise<void> {
    if (!this.#isInSight) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Calls `act` once a frame while the element is in sight; never before the call before has settled. */
export async function eachFrame(element: Element, act: () => Promise<void>): Promise<never> {
  const inSight = new InSight(element);
  for (;;) {
    await inSight.wait();
    await new Promise(requestAnimationFrame);
    await act();
  }
}
