import { exportChoices, importChoices, overrideVariant } from '../engine/webgpu/pair-tuning.ts';
import { whyNot } from '../engine/webgpu/pair-variant.ts';
import type { Start } from '../simulation/settings.ts';
import type { KernelChoice } from './state.ts';

/** Under this name the browser keeps which kernels were found quickest, so that they are measured once per machine. */
const KEY = 'contrastive-playground: quickest kernels';

let isKeeping = false;

/**
 * Runs that begin from now on use these kernels, or the quickest, as measured now or on an earlier visit.
 * @returns what to tell the person when the device or the points are not for them.
 */
export function chooseKernels(kernels: KernelChoice, device: GPUDevice, start: Start): string | undefined {
  if (!isKeeping) {
    isKeeping = true;
    importChoices(keptChoices());
    // A run measures whenever its loss or its batch changes, too.
    addEventListener('pagehide', keepChoices);
  }
  overrideVariant(kernels === 'auto' ? undefined : kernels);
  const why = kernels === 'auto' ? undefined : whyNot(kernels, device, start);
  return why && `The ${kernels} kernels ${why}; the quickest of the others run instead.`;
}

function keepChoices(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(exportChoices()));
  } catch {
    // A browser that keeps nothing measures again.
  }
}

function keptChoices(): Record<string, unknown> {
  try {
    return Object(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    return {};
  }
}
