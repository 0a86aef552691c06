/**
 * Runs in the browser: loads the module named in the address and hands its functions to the tests. The page loads it
 * because vitest rewrites an import() inside page.evaluate.
 */
type Module = Record<string, (...inputs: unknown[]) => unknown>;

declare global {
  // A global of the page, which the protocol can reach.
  var loadedModule: Promise<Module>;
}

/** WebGPU errors that no error scope caught reach the tests as console errors. */
export function reportUncapturedErrors(): void {
  if (!('GPUAdapter' in globalThis)) return;
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor?: GPUDeviceDescriptor) {
    const device = await requestDevice.call(this, descriptor);
    device.addEventListener('uncapturederror', ({ error }) =>
      console.error(`Uncaptured WebGPU error: ${error.message}`),
    );
    return device;
  };
}

reportUncapturedErrors();
const address = new URLSearchParams(location.search).get('module') ?? '';
globalThis.loadedModule = import(/* @vite-ignore */ address) as Promise<Module>;
