import { compile } from './compile.ts';
import { bindingsOf } from './wgsl.ts';

/** A compiled entry point, and how its resources are bound. */
export interface Kernel {
  label: string;
  pipeline: GPUComputePipeline;
  /** The least that has to move when it runs: every storage buffer that it binds, once. */
  bytes(buffers: Readonly<Record<string, GPUBuffer>>): number;
  /** Binds buffers by the names they have in the shader. `windows` gives the bytes seen of uniforms with dynamic offsets. */
  bind(
    buffers: Readonly<Record<string, GPUBuffer>>,
    windows?: Readonly<Record<string, number>>,
  ): GPUBindGroup;
}

export interface KernelSource {
  label: string;
  source: string;
  entryPoint: string;
  /** Uniforms that are bound with an offset per dispatch, in binding order. */
  dynamic?: readonly string[];
  constants?: Record<string, number>;
}

const compiled = new WeakMap<GPUDevice, Map<string, Promise<Kernel>>>();

/**
 * Compiles a kernel, once per device.
 * @throws Error with the shader's name, line and message when it does not compile.
 */
export function kernel(device: GPUDevice, source: KernelSource): Promise<Kernel> {
  let cache = compiled.get(device);
  if (!cache) compiled.set(device, (cache = new Map()));
  const key = JSON.stringify([
    source.label,
    source.source,
    source.entryPoint,
    source.dynamic,
    source.constants,
  ]);
  let entry = cache.get(key);
  if (!entry) {
    cache.set(key, (entry = createKernel(device, source)));
    // What failed once, on a device without memory say, may succeed later.
    entry.catch(() => cache.delete(key));
  }
  return entry;
}

async function createKernel(
  device: GPUDevice,
  { label, source, entryPoint, dynamic = [], constants }: KernelSource,
): Promise<Kernel> {
  const bindings = bindingsOf(source);
  const layout = device.createBindGroupLayout({
    label,
    entries: bindings.map(({ index, name, type }) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type, hasDynamicOffset: dynamic.includes(name) },
    })),
  });
  const pipeline = await compile(device, label, source, (module) =>
    device.createComputePipelineAsync({
      label,
      layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint, ...(constants && { constants }) },
    }),
  );
  return {
    label,
    pipeline,
    bytes: (buffers) =>
      bindings
        .filter(({ type }) => type !== 'uniform')
        .reduce((sum, { name }) => sum + buffers[name].size, 0),
    bind: (buffers, windows = {}) =>
      device.createBindGroup({
        label,
        layout,
        entries: bindings.map(({ index, name }) => {
          if (!buffers[name]) throw new Error(`The kernel '${label}' was given no buffer '${name}'.`);
          return {
            binding: index,
            resource: { buffer: buffers[name], ...(windows[name] && { size: windows[name] }) },
          };
        }),
      }),
  };
}
