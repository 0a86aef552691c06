import { setAttributes, svg } from './svg.ts';

/** A place in the picture's own units; y points up. */
export interface Place {
  x: number;
  y: number;
}

export interface Extent {
  /** From the middle to the left and right edges. */
  x: number;
  /** From the middle to the upper and lower edges. */
  y: number;
}

export interface HandleActions {
  /** A hand holds the point here, on the picture or beyond its edge. */
  moved(place: Place): void;
  /** An arrow key asks to move by this many steps, right and up; a tenth of a step with Shift held. */
  nudged(right: number, up: number): void;
  /** The hand lets go of the point after having moved it. */
  released?(): void;
  /** A press that did not move. */
  pressed?(): void;
}

/** Around a point, in CSS pixels: as much as a finger needs. */
const REACH = 22;
/** A press that stays within this many CSS pixels is no drag. */
const TREMBLE = 4;

const FINE = 0.1;
const ARROWS: Record<string, [right: number, up: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/**
 * A picture in SVG whose points can be dragged by mouse and touch, several at once, and moved by arrow keys. For
 * style sheets `--pixel` is the size of a CSS pixel in the picture's units, whatever the size of the page.
 */
export class Stage {
  readonly element: SVGSVGElement;
  readonly extent: Extent;
  readonly #handles: Handle[] = [];

  constructor(container: HTMLElement, label: string, extent: Extent) {
    this.extent = extent;
    this.element = svg('svg', {
      class: 'stage',
      viewBox: `${-extent.x} ${-extent.y} ${2 * extent.x} ${2 * extent.y}`,
      role: 'group',
      'aria-label': label,
    });
    container.append(this.element);
    new ResizeObserver(() => this.#fit()).observe(this.element);
  }

  /** A group that is drawn over those before it. */
  addLayer(name: string): SVGGElement {
    const layer = svg('g', { class: name });
    this.element.append(layer);
    return layer;
  }

  /** A point that can be moved, drawn as `drawing` around its middle. */
  addHandle(layer: SVGGElement, drawing: SVGElement, actions: HandleActions): Handle {
    const handle = new Handle(this, drawing, actions);
    layer.append(handle.element);
    this.#handles.push(handle);
    this.#fit();
    return handle;
  }

  /** Where a pointer is, asked anew at every move because the page may have been resized meanwhile. */
  placeOf({ clientX, clientY }: MouseEvent): Place | undefined {
    const matrix = this.element.getScreenCTM();
    if (!matrix || matrix.a === 0) return undefined;
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return { x, y: -y };
  }

  #fit(): void {
    const scale = this.element.getScreenCTM()?.a;
    if (!scale) return;
    this.element.style.setProperty('--pixel', `${1 / scale}px`);
    for (const handle of this.#handles) handle.setReach(REACH / scale);
  }
}

/** A point on a stage, in the hand or out of it. */
export class Handle {
  readonly element: SVGGElement;
  readonly #stage: Stage;
  readonly #actions: HandleActions;
  readonly #reach = svg('circle', { class: 'reach' });
  #place: Place = { x: 0, y: 0 };
  /** The pointer that holds the point, and from where it is to the middle of the point. */
  #hold: { pointer: number; offset: Place; pressed: { x: number; y: number }; moves: boolean } | undefined;

  constructor(stage: Stage, drawing: SVGElement, actions: HandleActions) {
    this.#stage = stage;
    this.#actions = actions;
    this.element = svg('g', { class: 'handle', tabindex: 0, role: 'slider' });
    this.element.append(this.#reach, drawing);
    this.element.addEventListener('pointerdown', (event) => this.#take(event));
    this.element.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) {
      this.element.addEventListener(end, (event) => this.#letGo(event));
    }
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    // Chromium scrolls from within an SVG whatever `touch-action` says there, but never after this.
    this.element.addEventListener('touchstart', (event) => event.cancelable && event.preventDefault(), {
      passive: false,
    });
  }

  get isHeld(): boolean {
    return this.#hold !== undefined;
  }

  setReach(radius: number): void {
    setAttributes(this.#reach, { r: radius });
  }

  moveTo(place: Place): void {
    this.#place = place;
    setAttributes(this.element, { transform: `translate(${place.x} ${-place.y})` });
  }

  /** What the point is, for those who do not see it. */
  setLabel(label: string): void {
    setAttributes(this.element, { 'aria-label': label });
  }

  /** Where it is and what that means, as text; `value` lies between `minimum` and `maximum`. */
  setValue(value: number, minimum: number, maximum: number, text: string): void {
    setAttributes(this.element, {
      'aria-valuenow': Number(value.toFixed(3)),
      'aria-valuemin': minimum,
      'aria-valuemax': maximum,
      'aria-valuetext': text,
    });
  }

  #take(event: PointerEvent): void {
    if (event.button !== 0 || this.#hold) return;
    const place = this.#stage.placeOf(event);
    if (!place) return;
    this.element.setPointerCapture(event.pointerId);
    this.#hold = {
      pointer: event.pointerId,
      offset: { x: this.#place.x - place.x, y: this.#place.y - place.y },
      pressed: { x: event.clientX, y: event.clientY },
      moves: false,
    };
    this.element.classList.add('held');
  }

  #move(event: PointerEvent): void {
    const hold = this.#hold;
    if (event.pointerId !== hold?.pointer) return;
    // The button was let go outside of the window.
    if (event.buttons === 0) return this.#letGo(event);
    hold.moves ||= Math.hypot(event.clientX - hold.pressed.x, event.clientY - hold.pressed.y) > TREMBLE;
    const place = this.#stage.placeOf(event);
    if (!place || !hold.moves) return;
    this.#actions.moved({ x: place.x + hold.offset.x, y: place.y + hold.offset.y });
  }

  #letGo(event: PointerEvent): void {
    const hold = this.#hold;
    if (event.pointerId !== hold?.pointer) return;
    this.#hold = undefined;
    this.element.classList.remove('held');
    if (hold.moves) this.#actions.released?.();
    else if (event.type === 'pointerup') this.#actions.pressed?.();
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const presses = (event.key === 'Enter' || event.key === ' ') && this.#actions.pressed;
    if (!arrow && !presses) return;
    event.preventDefault();
    const size = event.shiftKey ? FINE : 1;
    if (arrow) this.#actions.nudged(arrow[0] * size, arrow[1] * size);
    else this.#actions.pressed?.();
  }
}
