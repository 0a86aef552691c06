import { vec3 } from 'gl-matrix';
import { describe, expect, test } from 'vitest';
import { normals } from '../../src/data/random.ts';
import { Camera } from '../../src/render/camera.ts';
import { guideOf } from '../../src/render/guide.ts';
import { nearestPoint } from '../../src/render/picking.ts';
import { relativeDepth } from '../../src/render/picture.ts';

const sizes = [
  { width: 1100, height: 760 },
  { width: 390, height: 700 },
  { width: 1, height: 1 },
];

function cameraOf(dimension: 2 | 3, { width, height } = sizes[0], turns = 0): Camera {
  const camera = new Camera();
  camera.dimension = dimension;
  camera.resize(width, height);
  camera.orbit(0.37 * width * turns, -0.21 * height * turns);
  return camera;
}

/** Unit vectors, seeded. */
function directions(count: number): vec3[] {
  const values = normals(3 * count, 5, 9);
  return Array.from({ length: count }, (_, index) =>
    vec3.normalize(vec3.create(), values.subarray(3 * index, 3 * index + 3)),
  );
}

describe('projecting', () => {
  test('2-D: x is to the right, y is up, the unit circle fits', () => {
    for (const size of sizes) {
      const camera = cameraOf(2, size);
      const reach = 0.43 * Math.min(size.width, size.height);
      const right = camera.project(1, 0, 0);
      expect(right.x).toBeCloseTo(size.width / 2 + reach, 3);
      expect(right.y).toBeCloseTo(size.height / 2, 3);
      expect(camera.project(0, 1, 0).y).toBeCloseTo(size.height / 2 - reach, 3);
    }
  });

  test('2-D: a larger radius fits too, and zooming magnifies', () => {
    const camera = cameraOf(2);
    camera.radius = 5;
    expect(camera.project(5, 0, 0).x).toBeCloseTo(550 + 0.43 * 760, 3);
    camera.magnify(2);
    expect(camera.project(2.5, 0, 0).x).toBeCloseTo(550 + 0.43 * 760, 3);
  });

  test('3-D: whatever the turn and the shape of the canvas, the sphere fits and its outline touches', () => {
    for (const size of sizes) {
      for (const turns of [0, 1, 2, 5]) {
        const camera = cameraOf(3, size, turns);
        const fromMiddle = ([x, y, z]: vec3) => {
          const pixel = camera.project(x, y, z);
          return Math.hypot(pixel.x - size.width / 2, pixel.y - size.height / 2);
        };
        const reach = 0.43 * Math.min(size.width, size.height);
        for (const place of directions(200)) expect(fromMiddle(place)).toBeLessThan(reach + 1e-3);
        const { circles } = guideOf(camera.viewProjection(), 3);
        const onOutline = vec3.fromValues(
          circles[0] + circles[4],
          circles[1] + circles[5],
          circles[2] + circles[6],
        );
        expect(fromMiddle(onOutline)).toBeCloseTo(reach, 2);
      }
    }
  });

  test('3-D: depth is 0 to 1 and grows with distance, from -1 in front to 1 behind in relative terms', () => {
    const camera = cameraOf(3);
    const { eye } = guideOf(camera.viewProjection(), 3);
    const front = camera.project(eye[0], eye[1], eye[2]);
    const back = camera.project(-eye[0], -eye[1], -eye[2]);
    expect(front.depth).toBeGreaterThan(0);
    expect(back.depth).toBeGreaterThan(front.depth);
    expect(back.depth).toBeLessThan(1);
    const m = camera.viewProjection();
    const w = (sign: number) => sign * (m[3] * eye[0] + m[7] * eye[1] + m[11] * eye[2]) + m[15];
    expect(relativeDepth(w(1), m)).toBeCloseTo(-1, 4);
    expect(relativeDepth(w(-1), m)).toBeCloseTo(1, 4);
  });

  test('3-D: dragging to the right carries the near side to the right, dragging down carries it down', () => {
    const camera = cameraOf(3);
    const [x, y, z] = camera.onSphere(550, 380);
    camera.orbit(40, 25);
    const carried = camera.project(x, y, z);
    expect(carried.x).toBeGreaterThan(560);
    expect(carried.y).toBeGreaterThan(385);
  });

  test('nothing turns it past the poles or zooms it without bounds', () => {
    const camera = cameraOf(3);
    camera.orbit(0, 1e9);
    camera.magnify(0);
    camera.magnify(Number.NaN);
    camera.magnify(Infinity);
    camera.magnify(1e-30);
    expect([...camera.viewProjection()].every(Number.isFinite)).toBe(true);
    expect(camera.project(0, 0, 1).y).toBeCloseTo(camera.project(0, 0, 0).y, 3);
  });

  test('a canvas without area is no reason for a NaN', () => {
    expect([...cameraOf(3, { width: 0, height: 0 }).viewProjection()].every(Number.isFinite)).toBe(true);
  });
});

describe('from pixels back into the world', () => {
  test('2-D: onFacingPlane undoes project', () => {
    const camera = cameraOf(2);
    camera.magnify(1.7);
    for (const [x, y] of directions(50)) {
      const pixel = camera.project(x, y, 0);
      const place = camera.onFacingPlane(pixel.x, pixel.y, [0, 0, 0]);
      expect(vec3.distance(place, [x, y, 0])).toBeLessThan(1e-5);
    }
  });

  test('3-D: onSphere undoes project, on the near and on the far side', () => {
    for (const turns of [0, 1, 4]) {
      const camera = cameraOf(3, sizes[1], turns);
      const { eye } = guideOf(camera.viewProjection(), 3);
      for (const place of directions(100)) {
        const beyondOutline = vec3.dot(place, [eye[0], eye[1], eye[2]]) - eye[3];
        if (Math.abs(beyondOutline) < 0.05) continue;
        const pixel = camera.project(place[0], place[1], place[2]);
        const back = camera.onSphere(pixel.x, pixel.y, beyondOutline > 0 ? 'near' : 'far');
        expect(vec3.distance(back, place)).toBeLessThan(1e-3);
      }
    }
  });

  test('3-D: beside the sphere, onSphere stays on it, next to where it was left', () => {
    const camera = cameraOf(3);
    const onOutline = camera.onSphere(550 - 0.43 * 760, 380);
    const beside = camera.onSphere(550 - 0.43 * 760 - 20, 380);
    expect(vec3.length(beside)).toBeCloseTo(1, 5);
    expect(vec3.distance(beside, onOutline)).toBeLessThan(0.05);
  });

  test('3-D: onFacingPlane keeps the distance from the eye', () => {
    const camera = cameraOf(3, sizes[0], 2);
    const place = vec3.fromValues(0.3, -0.2, 0.6);
    const pixel = camera.project(0.3, -0.2, 0.6);
    expect(vec3.distance(camera.onFacingPlane(pixel.x, pixel.y, place), place)).toBeLessThan(1e-4);
    const [x, y, z] = camera.onFacingPlane(pixel.x + 90, pixel.y - 30, place);
    const moved = camera.project(x, y, z);
    expect(moved.x).toBeCloseTo(pixel.x + 90, 2);
    expect(moved.y).toBeCloseTo(pixel.y - 30, 2);
    expect(moved.depth).toBeCloseTo(pixel.depth, 5);
  });
});

describe('picking', () => {
  test('finds the point under the pixel, the front one of two, and nothing where nothing is', () => {
    const camera = cameraOf(3);
    const near = camera.onSphere(500, 300, 'near');
    const far = camera.onSphere(500, 300, 'far');
    const positions = new Float32Array([...far, 0, ...near, 0, Number.NaN, 0, 0, 0]);
    const pick = (x: number, y: number) =>
      nearestPoint(positions, camera.viewProjection(), sizes[0], x, y, 10);
    expect(pick(503, 302)).toBe(1);
    expect(pick(520, 300)).toBe(-1);
  });
});
