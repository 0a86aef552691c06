import projectionShader from '../../../shaders/projection.wgsl?raw';
import { kernel } from '../../engine/webgpu/kernel.ts';
import { packUniform } from '../../engine/webgpu/wgsl.ts';
import { wholeWork } from '../../engine/webgpu/work.ts';
import type { Work } from '../../engine/webgpu/work.ts';
import type { Start } from '../settings.ts';
import { SHOWN } from './run-memory.ts';
import type { RunMemory } from './run-memory.ts';

/** Subspace iterations for the first picture, from arbitrary axes. Every later one takes a single iteration. */
const FIRST_ITERATIONS = 16;

/** Brings the display positions up to date; see shaders/projection.wgsl. */
export interface Projector {
  /** For the next picture: the first from arbitrary axes, every later one from those before it. */
  works(): readonly Work[];
  dispose(): void;
}

export async function createProjector(
  device: GPUDevice,
  memory: RunMemory,
  { dataset: { points }, dimension }: Start,
): Promise<Projector> {
  const compute = (label: string, entryPoint: string) =>
    kernel(device, { label, source: projectionShader, entryPoint });
  const iterates = dimension > SHOWN;
  const [project, image, orthonormalize] = await Promise.all([
    compute('projection', 'projectPoints'),
    iterates ? compute('projection: images of the axes', 'imageAxes') : undefined,
    iterates ? compute('projection: orthonormal axes', 'orthonormalizeAxes') : undefined,
  ]);
  const contents = packUniform(projectionShader, 'Projection', { points, dimension });
  const projection = device.createBuffer({
    label: 'projection',
    size: contents.byteLength,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(projection, 0, contents);
  const whole = (compiled: typeof project, invocations: number, size: number, multiplyAdds: number) =>
    wholeWork(compiled, { ...memory, projection }, invocations, size, points * dimension, multiplyAdds);
  const products = iterates ? SHOWN * points * dimension : 0;
  const projecting = whole(project, points, 64, products);
  const iteration: Work[] =
    image && orthonormalize
      ? [projecting, whole(image, dimension, 1, products), whole(orthonormalize, 1, 1, 0)]
      : [];
  let iterations = FIRST_ITERATIONS;
  return {
    works: () => {
      const works = Array.from({ length: iterations }, () => iteration).flat();
      iterations = 1;
      return [...works, projecting];
    },
    dispose: () => projection.destroy(),
  };
}
