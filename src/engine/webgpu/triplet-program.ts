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

/** Dynamic uniform offsets are multiples of this on every adapter. */
const STRIDE = 256;
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

  const skeleton = async (label: string, entryPoint: string, ...parts: string[]): Promise<TripletKernel> => {
    const source = [numericsShader, termsShader, loss.shader, tripletsShader, ...parts].join('\n');
    const names = bindingsOf(source).map(({ name }) => name);
    const dynamic = names.filter((name) => name === 'panel' || name === 'slice');
    const compiled = await kernel(device, { label: `${label} (${loss.kind})`, source, entryPoint, dynamic });
    return { ...compiled, dynamic };
  };
  return PointProgram.create(device, loss, shape, argument, buffers, async () => {
    const onPanel = (label: string, entryPoint: string, part: string) =>
      skeleton(label, entryPoint, tripletPanelShader, part);
    const [count, place, fill, measure, reach, distances, choose, clear, terms, rowSums, totals] =
      await Promise.all([
        skeleton('triplet groups', 'countGroups', tripletGroupsShader),
        skeleton('triplet group places', 'placeGroups', tripletGroupsShader),
        skeleton('triplet entries', 'fillEntries', tripletGroupsShader),
        skeleton('triplet positives', 'measureEntries', tripletGroupsShader),
        skeleton('triplet farthest', 'findFarthest', tripletGroupsShader),
        onPanel('triplet distances', 'panelDistances', tripletDistancesShader),
        onPanel('triplet choices', 'chooseNegatives', tripletChoicesShader),
        onPanel('triplet slopes', 'clearSlopes', tripletChoicesShader),
        onPanel('triplet terms', 'panelTerms', tripletTermsShader),
        skeleton('triplet rows', 'addRows', tripletTotalsShader),
        skeleton('triplet totals', 'addTriplets', tripletTotalsShader),
      ]);
    const gradients = shape.gradient
      ? await Promise.all([
          onPanel('triplet weights', 'panelWeights', tripletWeightsShader),
          onPanel('triplet row pushes', 'pushRows', tripletPushesShader),
          onPanel('triplet column pushes', 'pushColumns', tripletPushesShader),
          skeleton('triplet gradient', 'pullPositives', tripletGradientShader),
        ])
      : undefined;

    return (memory) => {
      const tiled = (of: TripletKernel, tiles: number, tileCost: number, panel = 0): Pieces => ({
        kernel: of,
        memory,
        panel,
        tiles,
        tileCost,
      });
      const positivesOfRow = entries / rows;
      /** A kernel whose workgroups stand below each other, and side by side over the columns of a panel. */
      const onPlaces = (of: TripletKernel, items: number, cost: number, panel: number) =>
        rowWork(tiled(of, Math.ceil(items / ROWS), ROWS * cost, panel), width / ROWS);
      const onRows = (of: TripletKernel, items: number, cost: number, panel = 0) =>
        rowWork(tiled(of, Math.ceil(items / ROWS), ROWS * cost, panel), 1);
      const onEntries = (of: TripletKernel, cost: number, panel?: number) =>
        entryWork(tiled(of, entryTiles, ENTRIES * cost, panel));
      const eachPanel = (offset: number, works: (panel: number) => Work[]) =>
        Array.from({ length: panels }, (_, index) => works(offset + index)).flat();
      return [
        onceWork(tiled(count, 1, rows * rows), Math.ceil(rows / 64)),
        onceWork(tiled(place, 1, rows), 1),
        onceWork(tiled(fill, 1, rows * rows), Math.ceil(rows / 64)),
        onEntries(measure, 3 * dimension),
        onceWork(tiled(reach, 1, entries), Math.ceil(rows / 64)),
        ...eachPanel(0, (panel) => [
          onPlaces(distances, quads, 12 * width * dimension, panel),
          onEntries(choose, 4 * width, panel),
        ]),
        onEntries(clear, 1, 0),
        ...eachPanel(panels, (panel) => [
          onPlaces(distances, quads, 12 * width * dimension, panel),
          onEntries(terms, 16 * width, panel),
          ...(gradients
            ? [
                onPlaces(gradients[0], rows, 16 * width * positivesOfRow, panel),
                onRows(gradients[1], quads, 24 * width * dimension, panel),
                onceWork(
                  tiled(gradients[2], 1, 6 * width * rows * dimension, panel),
                  1,
                  Math.ceil(width / 32),
                ),
              ]
            : []),
        ]),
        wholeWork(rowSums, memory, quads, 64, entries),
        wholeWork(totals, memory, 1, 1, rows),
        ...(gradients ? [onRows(gradients[3], quads, 12 * positivesOfRow * dimension)] : []),
      ];
    };
  });
}

interface TripletKernel extends Kernel {
  /** The uniforms that are bound with an offset per dispatch, in binding order. */
  dynamic: readonly ('panel' | 'slice')[];
}

/** What a work is made from. */
interface Pieces {
  kernel: TripletKernel;
  memory: PointMemory;
  /** Which entry of the uniform `panel` is bound. */
  panel: number;
  tiles: number;
  tileCost: number;
}

/** A work over tiles; `dispatch` gets the tile that the uniform `slice` begins with, and how many follow. */
function work(
  { kernel: { label, pipeline, bind, bytes, dynamic }, memory, panel, tiles, tileCost }: Pieces,
  most: number,
  dispatch: (pass: GPUComputePassEncoder, count: number) => void,
): Work {
  const group = bind(memory, WINDOWS);
  const offsets = { panel: panel * STRIDE, slice: 0 };
  return {
    label,
    tiles,
    tileCost,
    multiplyAdds: tiles * tileCost,
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

function strided(entries: readonly ArrayBuffer[]): ArrayBuffer {
  const bytes = new Uint8Array(entries.length * STRIDE);
  entries.forEach((entry, index) => bytes.set(new Uint8Array(entry), index * STRIDE));
  return bytes.buffer;
}
