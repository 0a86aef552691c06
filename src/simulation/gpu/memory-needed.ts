import { createCountingDevice } from '../../engine/webgpu/counting-device.ts';
import { candidates, fixVariant } from '../../engine/webgpu/pair-tuning.ts';
import { encoderShapeOf } from '../settings.ts';
import type { Hyperparameters, Start } from '../settings.ts';
import { encodeEveryPoint } from './encoding.ts';
import { createProjector } from './projector.ts';
import { createRunMemory } from './run-memory.ts';
import { createStepProgram } from './step-program.ts';

/**
 * Bytes of the buffers that a run will take on a device, counted by the very functions that make them: of the variant of
 * the kernels that takes most, where several may be used.
 * @throws InputError when the run does not fit the device, with the bytes wanted and the bytes there.
 */
export async function memoryNeeded(
  device: GPUDevice,
  start: Start,
  hyperparameters: Hyperparameters,
): Promise<number> {
  const counted = await Promise.allSettled(
    candidates(device, start).map(async (variant) => {
      const counting = createCountingDevice(device);
      fixVariant(counting.device, variant);
      const memory = createRunMemory(counting.device, start);
      const program = await createStepProgram(counting.device, memory, start, hyperparameters);
      await createProjector(counting.device, memory, start);
      const shape = encoderShapeOf(start);
      if (shape) await encodeEveryPoint(counting.device, memory, start, shape);
      await program.measure();
      return counting.bytes();
    }),
  );
  const fitting = counted.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const [first] = counted;
  if (fitting.length === 0 && first.status === 'rejected') throw first.reason;
  return Math.max(...fitting);
}
