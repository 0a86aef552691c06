import { createCountingDevice } from '../../engine/webgpu/counting-device.ts';
import { encoderShapeOf } from '../settings.ts';
import type { Hyperparameters, Start } from '../settings.ts';
import { encodeEveryPoint } from './encoding.ts';
import { createProjector } from './projector.ts';
import { createRunMemory } from './run-memory.ts';
import { createStepProgram } from './step-program.ts';

/**
 * Bytes of the buffers that a run will take on a device, counted by the very functions that make them. Where variants of
 * kernels are still to be measured against each other, of the one that takes most.
 * @throws InputError when the run does not fit the device, with the bytes wanted and the bytes there.
 */
export async function memoryNeeded(
  { limits, features, adapterInfo }: GPUDevice,
  start: Start,
  hyperparameters: Hyperparameters,
): Promise<number> {
  // Without subgroups there is one variant, and with those of software adapters another, and nothing to be measured.
  const inFours = { subgroupMinSize: 4, subgroupMaxSize: 4 } as GPUAdapterInfo;
  const isInFours = features.has('subgroups') && adapterInfo.subgroupMaxSize === 4;
  const abilities = [
    ...(isInFours ? [] : [{ limits, features: new Set<string>(), adapterInfo }]),
    ...(features.has('subgroups')
      ? [{ limits, features: new Set(['subgroups']), adapterInfo: inFours }]
      : []),
  ];
  const counted = await Promise.all(
    abilities.map(async (ability) => {
      const { device, bytes } = createCountingDevice(ability);
      const memory = createRunMemory(device, start);
      const program = await createStepProgram(device, memory, start, hyperparameters);
      await createProjector(device, memory, start);
      const shape = encoderShapeOf(start);
      if (shape) await encodeEveryPoint(device, memory, start, shape);
      await program.measure();
      return bytes();
    }),
  );
  return Math.max(...counted);
}
