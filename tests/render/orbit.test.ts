import { vec3 } from 'gl-matrix';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Camera } from '../../src/render/camera.ts';
import { attachOrbit } from '../../src/ui/orbit.ts';
import type { Picked } from '../../src/ui/orbit.ts';

const WIDTH = 800;
const HEIGHT = 600;

/** As much of a canvas as pointers need, in Node. */
class FakeCanvas extends EventTarget {
  style = { touchAction: '' };
  tabIndex = -1;
  clientHeight = HEIGHT;
  left = 30;
  getBoundingClientRect = () => ({ left: this.left, top: 20, width: WIDTH, height: HEIGHT });
  setPointerCapture = vi.fn<(id: number) => void>();

  send(type: string, fields: object): Event {
    const event = Object.assign(new Event(type, { cancelable: true }), fields);
    this.dispatchEvent(event);
    return event;
  }

  /** x and y are CSS pixels of the canvas. */
  pointer(type: string, x: number, y: number, pointerId = 1, buttons = 1): void {
    this.send(`pointer${type}`, { clientX: x + this.left, clientY: y + 20, pointerId, buttons, button: 0 });
  }
}

let canvas: FakeCanvas;
let camera: Camera;
let answer: Picked | undefined | Promise<Picked | undefined>;
let onSphere: boolean;
let detach: () => void;
const moved = vi.fn<(point: number, position: vec3) => void>();
const released = vi.fn<(point: number) => void>();
const viewed = vi.fn<() => void>();

const view = () => [...camera.viewProjection()];
/** Lets promises settle. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  vi.clearAllMocks();
  canvas = new FakeCanvas();
  camera = new Camera();
  camera.resize(WIDTH, HEIGHT);
  answer = undefined;
  onSphere = true;
  detach = attachOrbit(canvas as unknown as HTMLCanvasElement, camera, {
    pick: () => answer,
    onSphere: () => onSphere,
    moved,
    released,
    viewed,
  });
});

describe('moving the camera', () => {
  test('a drag orbits, and what comes after the release does not', () => {
    const first = view();
    canvas.pointer('down', 400, 300);
    canvas.pointer('move', 450, 320);
    const turned = view();
    expect(turned).not.toEqual(first);
    canvas.pointer('up', 450, 320);
    canvas.pointer('move', 500, 400);
    expect(view()).toEqual(turned);
    expect(canvas.setPointerCapture).toHaveBeenCalledWith(1);
  });

  test('a button let go where nobody told ends the drag', () => {
    canvas.pointer('down', 400, 300);
    canvas.pointer('move', 450, 320);
    const turned = view();
    canvas.pointer('move', 500, 320, 1, 0);
    canvas.pointer('move', 550, 320);
    expect(view()).toEqual(turned);
  });

  test('two fingers zoom by how far they spread, one goes on orbiting without a jump', () => {
    camera.dimension = 2;
    const widthOfCircle = () => camera.project(1, 0, 0).x - camera.project(-1, 0, 0).x;
    const before = widthOfCircle();
    canvas.pointer('down', 300, 300, 1);
    canvas.pointer('down', 400, 300, 2);
    canvas.pointer('move', 500, 300, 2);
    expect(widthOfCircle()).toBeCloseTo(2 * before, 2);
    canvas.pointer('down', 10, 10, 3);
    canvas.pointer('move', 700, 500, 3);
    canvas.pointer('cancel', 500, 300, 2);
    canvas.pointer('move', 320, 310, 1);
    expect(widthOfCircle()).toBeCloseTo(2 * before, 2);
  });

  test('two fingers in one place make no NaN and no jump', () => {
    const first = view();
    canvas.pointer('down', 300, 300, 1);
    canvas.pointer('down', 300, 300, 2);
    canvas.pointer('move', 340, 300, 2);
    canvas.pointer('move', 300, 300, 2);
    view().forEach((value, index) => expect(value).toBeCloseTo(first[index], 5));
  });

  test('the wheel zooms, the page does not scroll; a double click goes back', () => {
    const first = view();
    const wheel = canvas.send('wheel', { deltaY: -120, deltaMode: 0, ctrlKey: false });
    expect(wheel.defaultPrevented).toBe(true);
    expect(view()[0]).toBeGreaterThan(first[0]);
    canvas.send('dblclick', {});
    expect(view()).toEqual(first);
    expect(viewed).toHaveBeenCalledTimes(2);
  });

  test('arrow keys orbit, + zooms, 0 goes back, other keys and shortcuts are left alone', () => {
    const first = view();
    for (const key of ['ArrowLeft', 'ArrowUp', '+']) {
      const before = view();
      expect(canvas.send('keydown', { key }).defaultPrevented).toBe(true);
      expect(view()).not.toEqual(before);
    }
    canvas.send('keydown', { key: '0' });
    expect(view()).toEqual(first);
    expect(canvas.send('keydown', { key: '+', ctrlKey: true }).defaultPrevented).toBe(false);
    expect(canvas.send('keydown', { key: 'Tab' }).defaultPrevented).toBe(false);
    expect(view()).toEqual(first);
  });
});

/** A point on the sphere as drawn at this pixel. */
function at(x: number, y: number, side: 'near' | 'far'): Picked {
  return { point: 7, position: camera.onSphere(x, y, side) };
}

/** Where the dragged point was put last. */
function lastPixel() {
  const [x, y, z] = moved.mock.lastCall![1];
  return camera.project(x, y, z);
}

describe('dragging a point', () => {
  test.each(['near', 'far'] as const)('on the %s side it stays on its side, on the sphere', async (side) => {
    answer = Promise.resolve(at(420, 330, side));
    const first = view();
    canvas.pointer('down', 423, 328);
    canvas.pointer('move', 433, 328);
    await settle();
    canvas.pointer('move', 473, 348);
    expect(lastPixel().x).toBeCloseTo(470, 1);
    expect(lastPixel().y).toBeCloseTo(350, 1);
    const position = moved.mock.lastCall![1];
    expect(vec3.length(position)).toBeCloseTo(1, 5);
    expect(vec3.distance(position, camera.onSphere(470, 350, side))).toBeLessThan(1e-4);
    canvas.pointer('up', 473, 348);
    expect(released).toHaveBeenCalledExactlyOnceWith(7);
    expect(view()).toEqual(first);
  });

  test('in free space it keeps its distance from the eye, and follows a canvas that is moved and resized', () => {
    onSphere = false;
    answer = { point: 7, position: [0.2, 0.1, 0.4] };
    const { x, y, depth } = camera.project(0.2, 0.1, 0.4);
    canvas.pointer('down', x, y);
    expect(vec3.distance(moved.mock.lastCall![1], [0.2, 0.1, 0.4])).toBeLessThan(1e-4);
    canvas.left = 100;
    camera.resize(500, 400);
    canvas.pointer('move', 200, 150);
    expect(lastPixel().x).toBeCloseTo(200, 1);
    expect(lastPixel().depth).toBeCloseTo(depth, 5);
  });

  test('a second finger, a cancelled pointer or a detached canvas lets it go, once', () => {
    for (const end of [
      () => canvas.pointer('down', 100, 100, 2),
      () => canvas.pointer('cancel', 400, 300),
      () => detach(),
    ]) {
      released.mockClear();
      answer = at(400, 300, 'near');
      canvas.pointer('down', 400, 300);
      end();
      canvas.pointer('up', 400, 300, 1);
      canvas.pointer('up', 100, 100, 2);
      expect(released).toHaveBeenCalledExactlyOnceWith(7);
    }
  });

  test('an answer that comes after the release, or never, moves nothing', async () => {
    answer = Promise.resolve(at(400, 300, 'near'));
    canvas.pointer('down', 400, 300);
    canvas.pointer('up', 400, 300);
    await settle();
    answer = Promise.reject(new Error('device lost'));
    canvas.pointer('down', 400, 300);
    await settle();
    expect(moved).not.toHaveBeenCalled();
    expect(released).not.toHaveBeenCalled();
  });
});
