import { vec3 } from 'gl-matrix';
import type { Camera } from '../render/camera.ts';

/** A point under the pointer, and where it is in the world. */
export interface Picked {
  point: number;
  position: vec3;
}

export interface OrbitHandlers {
  /**
   * The point within reach of this CSS pixel of the canvas, if any. A promise where a GPU must be asked: nothing moves
   * until it settles.
   */
  pick(x: number, y: number): Picked | undefined | Promise<Picked | undefined>;
  /** Whether dragged points keep to the unit sphere, in 3-D; else they keep to the plane that faces the eye. */
  onSphere(): boolean;
  /** A hand holds the point here, until it moves it on or releases it. */
  moved(point: number, position: vec3): void;
  released(point: number): void;
  /** The camera changed. */
  viewed(): void;
}

interface Place {
  x: number;
  y: number;
}

interface Drag {
  kind: 'drag';
  picked: Picked;
  /** The side of the sphere that the point was on, so that it does not jump to the other. */
  side: 'near' | 'far';
  /** From the pointer to the middle of the point, so that it does not jump to the pointer. */
  offset: Place;
}

const KEY_STEP = 24;
const KEY_ZOOM = 1.15;
const WHEEL_ZOOM_PER_PIXEL = 0.0015;
/** A pinch on a trackpad arrives as a wheel with smaller steps, and the control key. */
const PINCH_ZOOM_PER_PIXEL = 0.01;
const PIXELS_PER_LINE = 16;

/**
 * Lets pointers, the wheel and, with the focus on the canvas, keys move the camera and drag points: a drag orbits (3-D),
 * wheel and pinch zoom, a press on a point drags it, a double click or 0 goes back to the first view, arrow keys orbit,
 * + and - zoom. Nothing moves on by itself afterwards.
 * @returns a function that lets go of the canvas.
 */
export function attachOrbit(canvas: HTMLCanvasElement, camera: Camera, handlers: OrbitHandlers): () => void {
  /** Where the pointers that are down were last; at most two. */
  const pointers = new Map<number, Place>();
  /** What they do together. */
  let gesture: Drag | { kind: 'orbit' | 'waiting' } = { kind: 'orbit' };

  function placeOf(event: MouseEvent): Place {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function drag({ picked, side, offset }: Drag, pointer: Place): void {
    const [x, y] = [pointer.x + offset.x, pointer.y + offset.y];
    const position = keepsToSphere()
      ? camera.onSphere(x, y, side)
      : camera.onFacingPlane(x, y, picked.position);
    if ([...position].every(Number.isFinite)) handlers.moved(picked.point, position);
  }

  const keepsToSphere = () => camera.dimension === 3 && handlers.onSphere();

  function letGo(): void {
    const before = gesture;
    gesture = { kind: 'orbit' };
    if (before.kind === 'drag') handlers.released(before.picked.point);
  }

  async function onPointerDown(event: PointerEvent): Promise<void> {
    if (event.button !== 0 || pointers.size === 2) return;
    const pressed = placeOf(event);
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, pressed);
    letGo();
    if (pointers.size === 2) return;
    const waiting = { kind: 'waiting' } as const;
    gesture = waiting;
    const answer = handlers.pick(pressed.x, pressed.y);
    const picked = answer instanceof Promise ? await answer.catch(() => undefined) : answer;
    // Another finger may have come meanwhile, or this one gone.
    if (gesture !== waiting) return;
    gesture = picked ? dragOf(picked, pressed) : { kind: 'orbit' };
    if (gesture.kind === 'drag') drag(gesture, pointers.get(event.pointerId) ?? pressed);
  }

  function dragOf(picked: Picked, pressed: Place): Drag {
    const [x, y, z] = picked.position;
    const drawn = camera.project(x, y, z);
    const distanceTo = (side: 'near' | 'far') =>
      vec3.distance(picked.position, camera.onSphere(drawn.x, drawn.y, side));
    return {
      kind: 'drag',
      picked,
      side: distanceTo('far') < distanceTo('near') ? 'far' : 'near',
      offset: { x: drawn.x - pressed.x, y: drawn.y - pressed.y },
    };
  }

  function onPointerMove(event: PointerEvent): void {
    if (!pointers.has(event.pointerId)) return;
    if (event.buttons === 0) return onPointerEnd(event);
    const before = extentOf(pointers);
    pointers.set(event.pointerId, placeOf(event));
    const after = extentOf(pointers);
    if (gesture.kind === 'waiting') return;
    if (gesture.kind === 'drag') return drag(gesture, placeOf(event));
    camera.orbit(after.x - before.x, after.y - before.y);
    if (before.spread > 0 && after.spread > 0) camera.magnify(after.spread / before.spread);
    handlers.viewed();
  }

  function onPointerEnd(event: PointerEvent): void {
    if (pointers.delete(event.pointerId)) letGo();
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    const pixelsPerStep = [1, PIXELS_PER_LINE, canvas.clientHeight][event.deltaMode] ?? 1;
    const zoomPerPixel = event.ctrlKey ? PINCH_ZOOM_PER_PIXEL : WHEEL_ZOOM_PER_PIXEL;
    camera.magnify(Math.exp(-event.deltaY * pixelsPerStep * zoomPerPixel));
    handlers.viewed();
  }

  const actionOfKey: Record<string, () => void> = {
    ArrowLeft: () => camera.orbit(-KEY_STEP, 0),
    ArrowRight: () => camera.orbit(KEY_STEP, 0),
    ArrowUp: () => camera.orbit(0, -KEY_STEP),
    ArrowDown: () => camera.orbit(0, KEY_STEP),
    '+': () => camera.magnify(KEY_ZOOM),
    '=': () => camera.magnify(KEY_ZOOM),
    '-': () => camera.magnify(1 / KEY_ZOOM),
    '0': () => camera.reset(),
  };

  function onKeyDown(event: KeyboardEvent): void {
    const action = actionOfKey[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
    handlers.viewed();
  }

  function onDoubleClick(): void {
    camera.reset();
    handlers.viewed();
  }

  canvas.style.touchAction = 'none';
  canvas.tabIndex = 0;
  const listening = new AbortController();
  const { signal } = listening;
  canvas.addEventListener('pointerdown', (event) => void onPointerDown(event), { signal });
  canvas.addEventListener('pointermove', onPointerMove, { signal });
  canvas.addEventListener('pointerup', onPointerEnd, { signal });
  canvas.addEventListener('pointercancel', onPointerEnd, { signal });
  canvas.addEventListener('lostpointercapture', onPointerEnd, { signal });
  canvas.addEventListener('wheel', onWheel, { signal, passive: false });
  canvas.addEventListener('dblclick', onDoubleClick, { signal });
  canvas.addEventListener('keydown', onKeyDown, { signal });

  return () => {
    listening.abort();
    letGo();
  };
}

/** The middle of the pointers, and how far apart two of them are; 0 for one. */
function extentOf(pointers: Map<number, Place>): Place & { spread: number } {
  const [first, second = first] = [...pointers.values()];
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    spread: Math.hypot(first.x - second.x, first.y - second.y),
  };
}
