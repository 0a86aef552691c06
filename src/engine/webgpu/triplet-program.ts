import numericsShader from '../../../shaders/numerics.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import tripletChoicesShader from '../../../shaders/triplet-choices.wgsl?raw';
import tripletDistancesShader from '../../../shaders/triplet-distances.wgsl?raw';
import tripletGradientShader from '../../../shaders/triplet-gradient.wgsl?raw';
import tripletGroupsShader from '../../../shaders/triplet-groups.wgsl?raw';
import tripletPanelShader from '../../../shaders/triplet-panel.wgsl?raw';
import tripletPushesShader from '../../../shaders/triplet-pushes.wgsl?raw';
import tripletTermsShader from '../../../shaders/triplet-terms.wgsl?raw';
import tripletTotalsShader from '../../../shaders/triplet-totals.wgsl?raw';
import tripletWeightsShader from '../../../shaders/triplet-weights.wgsl?raw';
import tripletsShader from '../../../shaders/triplets.wgsl?raw';
import type { AnyTripletLoss } from '../../losses/registry.ts';
import { strided, STRIDE } from './dynamic-uniform.ts';
import { kernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { PointProgram } from './point-program.ts';
import type { PointMemory } from './point-program.ts';
import { bindingsOf, packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** Numbers in a panel of the matrix of distances, about: 16 MiB. */
const PANEL = 2 ** 22;

/** Panels begin, and end, at multiples of this. */
const COLUMNS = 64;

/** Entries of one tile: 64 workgroups of 64. */
const ENTRIES = 4096;

/** Rows, or quads of rows, of one tile. */
const ROWS = 8;

const WINDOWS = { panel: 16, slice: 16 };

/** Workgroups that every device dispatches in one direction. */
const MOST_WORKGROUPS = 65535;

/**
 * The skeleton of triplets on the GPU: entries, choices, terms and gradient. Memory grows with points x dimension plus
 * the ordered pairs within the classes, plus one panel of distances; time with points^2 x (dimension + positives).
 * @throws InputError naming `argument` when the shape does not fit the device.
 * @throws Error when a shader does not compile.
 */
export function createTripletProgram(
  device: GPUDevice,
  loss: AnyTripletLoss,
  shape: PairShape,
  argument: string,
): Promise<LossProgram> {
  const { dimension, rows, entries } = shape;
  const { points } = pairLayout(shape, loss.anchors);
  const quads = points / 4;
  const width = Math.min(points, COLUMNS * Math.max(1, Math.floor(PANEL / points / COLUMNS)));
  const panels = Math.ceil(rows / width);
  const entryTiles = Math.ceil(entries / ENTRIES);
  const rowTiles = Math.ceil(points / ROWS);
  const panelContents = [1, 0].flatMap((chooses) =>
    Array.from({ length: panels }, (_, index) =>
      packUniform(tripletsShader, 'Panel', {
        first: index * width,
        end: Math.min((index + 1) * width, rows),
        chooses,
      }),
    ),
  );
  const slices = Array.from({ length: Math.max(entryTiles, rowTiles) }, (_, first) =>
    packUniform(tripletsShader, 'Slice', { first }),
  );
  const buffers: Parameters<typeof PointProgram.create>[4] = {
    storage: {
      groups: 16 * rows,
      entries: 8 * entries,
      positives: 4 * entries,
      pulls: 16 * entries,
      distances: 4 * points * width,
      weights: shape.gradient ? 4 * points * width : 16,
      rowTerms: 32 * quads,
      share: 16,
    },
    uniforms: {
      shape: packUniform(tripletsShader, 'Shape', { dimension, rows, quads, width }),
      panel: strided(panelContents),
      slice: strided(slices),
    },
    tally: {
      buffer: 'rowTerms',
      losses: (_, numbers) => {
        const counts = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
        const rowLosses = new Float32Array(rows);
        let sum = 0;
        let count = 0;
        for (let row = 0; row < rows; row++) {
          // Four losses, then four counts.
          const at = 8 * (row >> 2) + (row & 3);
          sum += numbers[at];
          count += counts[at + 4];
          rowLosses[row] = numbers[at] / Math.max(1, counts[at + 4]);
        }
        return { loss: sum / Math.max(1, count), count, rowLosses };
      },
    },
  };

  return PointProgram.create(device, loss, shape, argument, buffers, async () => {
    const [kernels, gradientKernels] = await Promise.all([
      compileAll(device, loss, KERNELS),
      shape.gradient ? compileAll(device, loss, GRADIENT_KERNELS) : undefined,
    ]);
    return (memory) =>
      tripletWorks(memory, shape, { quads, width, panels, entryTiles }, kernels, gradientKernels);
  });
}

/** By entry point: the label, then the WGSL after what all of them need. */
const KERNELS = {
  countGroups: ['triplet groups', tripletGroupsShader],
  placeGroups: ['triplet group places', tripletGroupsShader],
  fillEntries: ['triplet entries', tripletGroupsShader],
  measureEntries: ['triplet positives', tripletGroupsShader],
  findFarthest: ['triplet farthest', tripletGroupsShader],
  panelDistances: ['triplet distances', tripletPanelShader, tripletDistancesShader],
  chooseNegatives: ['triplet choices', tripletPanelShader, tripletChoicesShader],
  clearSlopes: ['triplet slopes', tripletPanelShader, tripletChoicesShader],
  panelTerms: ['triplet terms', tripletPanelShader, tripletTermsShader],
  addRows: ['triplet rows', tripletTotalsShader],
  addTriplets: ['triplet totals', tripletTotalsShader],
} as const;

const GRADIENT_KERNELS = {
  panelWeights: ['triplet weights', tripletPanelShader, tripletWeightsShader],
  pushRows: ['triplet row pushes', tripletPanelShader, tripletPushesShader],
  pushColumns: ['triplet column pushes', tripletPanelShader, tripletPushesShader],
  pullPositives: ['triplet gradient', tripletGradientShader],
} as const;

type Compiled<EntryPoint extends string> = Record<EntryPoint, TripletKernel>;

async function compileAll<EntryPoint extends string>(
  device: GPUDevice,
  loss: AnyTripletLoss,
  sources: Record<EntryPoint, readonly [label: string, ...parts: string[]]>,
): Promise<Compiled<EntryPoint>> {
  const compiling = Object.entries<(typeof sources)[EntryPoint]>(sources).map(
    async ([entryPoint, [label, ...parts]]) => {
      const source = [numericsShader, termsShader, loss.shader, tripletsShader, ...parts].join('\n');
      const names = bindingsOf(source).map(({ name }) => name);
      const dynamic = names.filter((name) => name === 'panel' || name === 'slice');
      const compiled = await kernel(device, {
        label: `${label} (${loss.kind})`,
        source,
        entryPoint,
        dynamic,
      });
      return [entryPoint, { ...compiled, dynamic }] as const;
    },
  );
  const compiled: Record<string, TripletKernel> = Object.fromEntries(await Promise.all(compiling));
  return compiled as Compiled<EntryPoint>;
}

/** What a batch is cut into. */
interface Cut {
  quads: number;
  /** Columns of a panel. */
  width: number;
  panels: number;
  entryTiles: number;
}

function tripletWorks(
  memory: PointMemory,
  { dimension, rows, entries }: PairShape,
  { quads, width, panels, entryTiles }: Cut,
  kernels: Compiled<keyof typeof KERNELS>,
  gradientKernels: Compiled<keyof typeof GRADIENT_KERNELS> | undefined,
): Work[] {
  const rowGroups = Math.ceil(rows / 64);
  const positivesOfRow = entries / rows;
  const pieces = (
    of: TripletKernel,
    tiles: number,
    tileCost: number,
    multiplyAdds = 0,
    panel = 0,
  ): Pieces => ({
    kernel: of,
    memory,
    panel,
    tiles,
    tileCost,
    multiplyAdds,
  });
  const onEntries = (of: TripletKernel, cost: number, multiplyAdds = 0, panel = 0) =>
    entryWork(pieces(of, entryTiles, ENTRIES * cost, multiplyAdds, panel));
  /** A kernel whose workgroups stand below each other, and so many side by side. */
  const onRows = (
    of: TripletKernel,
    items: number,
    across: number,
    cost: number,
    multiplyAdds: number,
    panel = 0,
  ) => rowWork(pieces(of, Math.ceil(items / ROWS), ROWS * cost, multiplyAdds, panel), across);
  const distances = (panel: number, multiplyAdds: number) =>
    onRows(kernels.panelDistances, quads, width / ROWS, 12 * width * dimension, multiplyAdds, panel);
  const eachPanel = (offset: number, works: (panel: number, products: number) => Work[]) =>
    Array.from({ length: panels }, (_, index) =>
      works(offset + index, rows * Math.min(width, rows - index * width) * dimension),
    ).flat();
  const pushes = (panel: number, products: number) => {
    if (!gradientKernels) return [];
    const { panelWeights, pushRows, pushColumns } = gradientKernels;
    const columnCost = 6 * width * rows * dimension;
    return [
      onRows(panelWeights, rows, width / ROWS, 16 * width * positivesOfRow, 0, panel),
      onRows(pushRows, quads, 1, 24 * width * dimension, products, panel),
      onceWork(pieces(pushColumns, 1, columnCost, products, panel), 1, Math.ceil(width / 32)),
    ];
  };
  return [
    onceWork(pieces(kernels.countGroups, 1, rows * rows), rowGroups),
    onceWork(pieces(kernels.placeGroups, 1, rows), 1),
    onceWork(pieces(kernels.fillEntries, 1, rows * rows), rowGroups),
    onEntries(kernels.measureEntries, 3 * dimension, entries * dimension),
    onceWork(pieces(kernels.findFarthest, 1, entries), rowGroups),
    // Mining that does not choose passes these by, so their products are not counted, and their time is told apart.
    ...eachPanel(0, (panel) => [
      { ...distances(panel, 0), label: 'triplet distances, for choices' },
      onEntries(kernels.chooseNegatives, 4 * width, 0, panel),
    ]),
    onEntries(kernels.clearSlopes, 1),
    ...eachPanel(panels, (panel, products) => [
      distances(panel, products),
      onEntries(kernels.panelTerms, 16 * width, 0, panel),
      ...pushes(panel, products),
    ]),
    wholeWork(kernels.addRows, memory, quads, 64, entries),
    wholeWork(kernels.addTriplets, memory, 1, 1, rows),
    ...(gradientKernels
      ? [
          onRows(
            gradientKernels.pullPositives,
            quads,
            1,
            12 * positivesOfRow * dimension,
            entries * dimension,
          ),
        ]
      : []),
  ];
}

interface TripletKernel extends Kernel {
  /** The uniforms that are bound with an offset per dispatch, in binding order. */
  dynamic: readonly ('panel' | 'slice')[];
}

/** What a work is made from. */
interface Pieces extends Pick<Work, 'tiles' | 'tileCost' | 'multiplyAdds'> {
  kernel: TripletKernel;
  memory: PointMemory;
  /** Which entry of the uniform `panel` is bound. */
  panel: number;
}

/** A work over tiles; `dispatch` gets the tile that the uniform `slice` begins with, and how many follow. */
function work(
  { kernel: { label, pipeline, bind, bytes, dynamic }, memory, panel, tiles, tileCost, multiplyAdds }: Pieces,
  most: number,
  dispatch: (pass: GPUComputePassEncoder, count: number) => void,
): Work {
  const group = bind(memory, WINDOWS);
  const offsets = { panel: panel * STRIDE, slice: 0 };
  return {
    label,
    tiles,
    tileCost,
    multiplyAdds,
    bytes: bytes(memory),
    dispatch: (pass, first, count) => {
      pass.setPipeline(pipeline);
      for (let tile = first; tile < first + count; tile += most) {
        offsets.slice = tile * STRIDE;
        pass.setBindGroup(
          0,
          group,
          dynamic.map((name) => offsets[name]),
        );
        dispatch(pass, Math.min(most, first + count - tile));
      }
    },
  };
}

function rowWork(pieces: Pieces, columns: number): Work {
  return work(pieces, MOST_WORKGROUPS, (pass, count) => pass.dispatchWorkgroups(columns, count));
}

function entryWork(pieces: Pieces): Work {
  const workgroups = ENTRIES / 64;
  return work(pieces, Math.floor(MOST_WORKGROUPS / workgroups), (pass, count) =>
    pass.dispatchWorkgroups(workgroups * count),
  );
}

function onceWork(pieces: Pieces, x: number, y = 1): Work {
  return work(pieces, 1, (pass) => pass.dispatchWorkgroups(x, y));
}
