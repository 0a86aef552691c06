import guideShader from '../../shaders/render-guide.wgsl?raw';
import linksShader from '../../shaders/render-links.wgsl?raw';
import pointsShader from '../../shaders/render-points.wgsl?raw';
import viewShader from '../../shaders/render-view.wgsl?raw';
import { compile } from '../engine/webgpu/compile.ts';
import { isSoftware } from '../engine/webgpu/request-gpu.ts';
import type { DisplayPositions } from '../simulation/simulation.ts';
import { EYE_DISTANCE } from './camera.ts';
import { CIRCLE_FLOATS, CIRCLE_SEGMENTS, guideOf } from './guide.ts';
import { assignColours, colourTable, themes } from './palette.ts';
import {
  backingSize,
  FARTHEST_FADE,
  GRATICULE_BACK_OPACITY,
  GRATICULE_FRONT_OPACITY,
  HIGHLIGHT_RIM,
  HIGHLIGHT_SCALE,
  LINE_WIDTH,
  linkOpacity,
  OUTLINE_OPACITY,
  rimWidth,
} from './picture.ts';
import type { CloudRenderer, CloudShape, CreateRenderer, FrameView } from './renderer.ts';

const DEPTH_FORMAT: GPUTextureFormat = 'depth24plus';
/** Of the uniform struct View in shaders/render-view.wgsl, padded to its alignment. */
const VIEW_FLOATS = 48;
const MOST_CIRCLES = 16;
/** Pixels that are drawn at most; a software adapter draws few of them in time. */
const MOST_PIXELS = 8_300_000;
const MOST_PIXELS_IN_SOFTWARE = 1_300_000;

const prepared = new WeakMap<GPUDevice, Promise<CreateRenderer>>();

/**
 * Compiles what it takes to draw with WebGPU alone, no optional feature, once per device. Positions on the GPU must be on
 * the same device; they are read in place.
 * @throws Error with the shader's name, line and message when one does not compile.
 */
export function prepareWebGpuRenderer(device: GPUDevice): Promise<CreateRenderer> {
  let entry = prepared.get(device);
  if (!entry) prepared.set(device, (entry = prepare(device)));
  return entry;
}

async function prepare(device: GPUDevice): Promise<CreateRenderer> {
  const format = navigator.gpu.getPreferredCanvasFormat();
  const pipelines = await createPipelines(device, format);
  return (canvas) => createRenderer(canvas, device, format, pipelines);
}

function createRenderer(
  canvas: HTMLCanvasElement,
  device: GPUDevice,
  format: GPUTextureFormat,
  pipelines: Pipelines,
): CloudRenderer {
  const context = canvas.getContext('webgpu');
  if (!context) throw new Error('This canvas cannot be drawn on with WebGPU.');
  context.configure({ device, format, alphaMode: 'opaque' });
  const mostPixels = isSoftware(device.adapterInfo) ? MOST_PIXELS_IN_SOFTWARE : MOST_PIXELS;

  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
  const createBuffer = (label: string, size: number, usage: number) =>
    device.createBuffer({ label: `render ${label}`, size: Math.max(size, 16), usage: usage | COPY_DST });
  const viewBuffer = createBuffer('view', 4 * VIEW_FLOATS, UNIFORM);
  const circleBuffer = createBuffer('guide circles', 4 * CIRCLE_FLOATS * MOST_CIRCLES, STORAGE);

  let pixelRatio = 1;
  let depthTexture: GPUTexture | undefined;
  let cloud: Cloud | undefined;

  interface Cloud {
    shape: CloudShape;
    categorical: boolean;
    theme: FrameView['theme'] | undefined;
    table: GPUBuffer;
    buffers: GPUBuffer[];
    bindGroup: GPUBindGroup;
    /** For positions that come from the CPU. */
    uploaded: GPUBuffer;
    positionGroups: WeakMap<GPUBuffer, GPUBindGroup>;
  }

  function setShape(shape: CloudShape): void {
    cloud?.buffers.forEach((buffer) => buffer.destroy());
    const { indices, categorical } = assignColours(shape.hues);
    const table = createBuffer('colour table', 16 * colourTable({ categorical }, 'light').length, STORAGE);
    const indexBuffer = createBuffer('colour indices', indices.byteLength, STORAGE);
    const linkBuffer = createBuffer('links', shape.links.byteLength, STORAGE);
    const uploaded = createBuffer('uploaded positions', 16 * shape.points, STORAGE);
    device.queue.writeBuffer(indexBuffer, 0, indices);
    device.queue.writeBuffer(linkBuffer, 0, new Uint32Array(shape.links));
    const bindGroup = device.createBindGroup({
      label: 'render cloud',
      layout: pipelines.cloudLayout,
      entries: [viewBuffer, table, indexBuffer, linkBuffer, circleBuffer].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
    cloud = {
      shape,
      categorical,
      theme: undefined,
      table,
      buffers: [table, indexBuffer, linkBuffer, uploaded],
      bindGroup,
      uploaded,
      positionGroups: new WeakMap(),
    };
  }

  function resize(width: number, height: number, wantedRatio: number): void {
    const size = backingSize(width, height, wantedRatio, mostPixels);
    pixelRatio = size.pixelRatio;
    canvas.width = Math.min(size.width, device.limits.maxTextureDimension2D);
    canvas.height = Math.min(size.height, device.limits.maxTextureDimension2D);
  }

  function depthView(): GPUTextureView {
    if (depthTexture?.width !== canvas.width || depthTexture?.height !== canvas.height) {
      depthTexture?.destroy();
      depthTexture = device.createTexture({
        label: 'render depth',
        size: [canvas.width, canvas.height],
        format: DEPTH_FORMAT,
        usage: GPUTextureUsage.RENDER_ATTACHMENT,
      });
    }
    return depthTexture.createView({ label: 'render depth' });
  }

  function positionGroup(
    positions: DisplayPositions,
    { shape, uploaded, positionGroups }: Cloud,
  ): GPUBindGroup {
    const buffer = positions.on === 'gpu' ? positions.buffer : uploaded;
    if (positions.on === 'cpu')
      device.queue.writeBuffer(uploaded, 0, new Float32Array(positions.array), 0, 4 * shape.points);
    let group = positionGroups.get(buffer);
    if (!group) {
      const layout = pipelines.positionLayout;
      group = device.createBindGroup({
        label: 'render positions',
        layout,
        entries: [{ binding: 0, resource: { buffer } }],
      });
      positionGroups.set(buffer, group);
    }
    return group;
  }

  function draw(positions: DisplayPositions, view: FrameView): void {
    if (!cloud) return;
    const { shape } = cloud;
    const links = shape.links.length / 2;
    const theme = themes[view.theme];
    const guide = guideOf(view.viewProjection, shape.displayDimension);
    if (cloud.theme !== view.theme) {
      cloud.theme = view.theme;
      const table = colourTable(cloud, view.theme).flatMap((colour) => [...colour, 1]);
      device.queue.writeBuffer(cloud.table, 0, new Float32Array(table));
    }
    const uniforms = new Float32Array(VIEW_FLOATS);
    uniforms.set([
      ...view.viewProjection,
      ...theme.background,
      1,
      ...theme.guide,
      1,
      ...theme.highlight,
      1,
      ...guide.eye,
      canvas.width,
      canvas.height,
      pixelRatio * view.pointRadius,
      pixelRatio * rimWidth(view.pointRadius),
      HIGHLIGHT_SCALE,
      pixelRatio * HIGHLIGHT_RIM,
      pixelRatio * LINE_WIDTH,
      EYE_DISTANCE,
      shape.displayDimension === 3 ? FARTHEST_FADE : 0,
      linkOpacity(links),
      OUTLINE_OPACITY,
      GRATICULE_FRONT_OPACITY,
      GRATICULE_BACK_OPACITY,
      CIRCLE_SEGMENTS,
    ]);
    new Int32Array(uniforms.buffer)[46] = view.highlighted;
    device.queue.writeBuffer(viewBuffer, 0, uniforms);
    device.queue.writeBuffer(circleBuffer, 0, guide.circles);

    const [red, green, blue] = theme.background;
    const encoder = device.createCommandEncoder({ label: 'render frame' });
    const pass = encoder.beginRenderPass({
      label: 'render cloud',
      colorAttachments: [
        {
          view: context!.getCurrentTexture().createView({ label: 'render canvas' }),
          clearValue: [red, green, blue, 1],
          loadOp: 'clear',
          storeOp: 'store',
        },
      ],
      depthStencilAttachment: {
        view: depthView(),
        depthClearValue: 1,
        depthLoadOp: 'clear',
        depthStoreOp: 'discard',
      },
    });
    pass.setBindGroup(0, cloud.bindGroup);
    pass.setBindGroup(1, positionGroup(positions, cloud));
    const layer = (label: string, pipeline: GPURenderPipeline, vertices: number) => {
      pass.pushDebugGroup(label);
      pass.setPipeline(pipeline);
      pass.draw(vertices);
      pass.popDebugGroup();
    };
    const circles = guide.circles.length / CIRCLE_FLOATS;
    layer('guide', pipelines.guide, 6 * CIRCLE_SEGMENTS * circles);
    if (links > 0) layer('links', pipelines.links, 6 * links);
    layer('points', pipelines.points, 3 * shape.points);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  function dispose(): void {
    for (const buffer of [viewBuffer, circleBuffer, ...(cloud?.buffers ?? [])]) buffer.destroy();
    depthTexture?.destroy();
    context!.unconfigure();
    cloud = undefined;
  }

  return { setShape, resize, draw, dispose };
}

type Pipelines = Awaited<ReturnType<typeof createPipelines>>;

async function createPipelines(device: GPUDevice, format: GPUTextureFormat) {
  const { VERTEX, FRAGMENT } = GPUShaderStage;
  const storage = (binding: number): GPUBindGroupLayoutEntry => ({
    binding,
    visibility: VERTEX,
    buffer: { type: 'read-only-storage' },
  });
  const cloudLayout = device.createBindGroupLayout({
    label: 'render cloud',
    entries: [
      { binding: 0, visibility: VERTEX | FRAGMENT, buffer: { type: 'uniform' } },
      ...[1, 2, 3, 4].map(storage),
    ],
  });
  const positionLayout = device.createBindGroupLayout({ label: 'render positions', entries: [storage(0)] });
  const layout = device.createPipelineLayout({
    label: 'render',
    bindGroupLayouts: [cloudLayout, positionLayout],
  });
  const over: GPUBlendComponent = { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' };

  const pipeline = (stem: 'guide' | 'link' | 'point', code: string) => {
    const solid = stem === 'point';
    return compile(device, `render ${stem}`, viewShader + code, (module) =>
      device.createRenderPipelineAsync({
        label: `render ${stem}`,
        layout,
        vertex: { module, entryPoint: `${stem}Vertex` },
        fragment: {
          module,
          entryPoint: `${stem}Fragment`,
          targets: [{ format, blend: { color: over, alpha: over } }],
        },
        primitive: { topology: 'triangle-list' },
        depthStencil: {
          format: DEPTH_FORMAT,
          depthWriteEnabled: solid,
          depthCompare: solid ? 'less-equal' : 'always',
        },
      }),
    );
  };
  const [guide, links, points] = await Promise.all([
    pipeline('guide', guideShader),
    pipeline('link', linksShader),
    pipeline('point', pointsShader),
  ]);
  return { cloudLayout, positionLayout, guide, links, points };
}
