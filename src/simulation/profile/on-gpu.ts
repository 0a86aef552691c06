import { describeAdapter } from '../../engine/webgpu/request-gpu.ts';
import { measureCeilings } from '../../engine/webgpu/ceilings.ts';
import { measureWorks } from '../../engine/webgpu/kernel-times.ts';
import type { KernelTime, MeasureOptions } from '../../engine/webgpu/kernel-times.ts';
import { runInSlices } from '../../engine/webgpu/run-in-slices.ts';
import type { Work } from '../../engine/webgpu/work.ts';
import type { Profile, ProfiledPart } from './profile.ts';
import { encoderShapeOf } from '../settings.ts';
import type { Hyperparameters, RunState, Start } from '../settings.ts';
import { encodeEveryPoint } from '../gpu/encoding.ts';
import { createProjector } from '../gpu/projector.ts';
import { createRunMemory, releaseRunMemory, writeRunState } from '../gpu/run-memory.ts';
import { createStepProgram } from '../gpu/step-program.ts';

/**
 * Measures every kernel of a run on a copy of it, which the run never hears of: a step, what measures it, and the picture,
 * beside what the device can do at most.
 * @param state where the run stands; it is copied.
 * @throws InputError when the copy does not fit the device, Error when the device does not take it, the signal's reason
 * when it is aborted.
 */
export async function profileOnGpu(
  device: GPUDevice,
  start: Start,
  hyperparameters: Hyperparameters,
  state: RunState,
  { signal, onProgress }: MeasureOptions = {},
): Promise<Profile> {
  onProgress?.(0, 'ceilings');
  const ceilings = await measureCeilings(device, { signal });
  const memory = createRunMemory(device, start);
  writeRunState(device, memory, start, state);
  const parts: { dispose(): void }[] = [{ dispose: () => releaseRunMemory(memory) }];
  const keep = async <Part extends { dispose(): void }>(making: Promise<Part>) => {
    const part = await making;
    parts.push(part);
    return part;
  };
  try {
    const shape = encoderShapeOf(start);
    const program = await keep(createStepProgram(device, memory, start, hyperparameters));
    const projector = await keep(createProjector(device, memory, start));
    const encoding = shape && (await keep(encodeEveryPoint(device, memory, start, shape)));
    const measurement = await program.measure();
    program.configure(hyperparameters);
    encoding?.configure(hyperparameters);
    projector.works();
    const works: Record<ProfiledPart, readonly Work[]> = {
      step: program.works,
      metrics: [...measurement.metrics, measurement.report],
      picture: [...(encoding?.forward ?? []), ...projector.works()],
    };
    const all = Object.values(works).flat();
    // Each kernel then finds what those before it leave behind.
    await runInSlices(device, all, { signal });
    const times = await measureWorks(device, all, { signal, onProgress });
    const kernels = (Object.keys(works) as ProfiledPart[]).flatMap((part) =>
      merged(times.splice(0, works[part].length)).map((time) => ({ ...time, part })),
    );
    return { engine: describeAdapter(device.adapterInfo), kernels, ceilings };
  } finally {
    for (const part of parts.toReversed()) part.dispose();
  }
}

/** Works of one label, such as the layers of an encoder or the sweeps of two towers, as one. */
function merged(times: readonly KernelTime[]): KernelTime[] {
  const byLabel = new Map<string, KernelTime>();
  for (const time of times) {
    const before = byLabel.get(time.label);
    byLabel.set(
      time.label,
      before
        ? {
            ...time,
            milliseconds: before.milliseconds + time.milliseconds,
            isBelowClock: before.isBelowClock && time.isBelowClock,
            multiplyAdds: before.multiplyAdds + time.multiplyAdds,
            bytes: before.bytes + time.bytes,
          }
        : time,
    );
  }
  return [...byLabel.values()];
}
