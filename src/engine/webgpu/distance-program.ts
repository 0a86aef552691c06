import distanceGradientShader from '../../../shaders/distance-gradient.wgsl?raw';
import distanceStatisticsShader from '../../../shaders/distance-statistics.wgsl?raw';
import distanceTileShader from '../../../shaders/distance-tile.wgsl?raw';
import distanceTotalsShader from '../../../shaders/distance-totals.wgsl?raw';
import distancesShader from '../../../shaders/distances.wgsl?raw';
import numericsShader from '../../../shaders/numerics.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import { TALLY } from '../../losses/distance-rule.ts';
import type { AnyDistanceLoss } from '../../losses/registry.ts';
import { lossesOf } from '../tallies.ts';
import { strided, STRIDE } from './dynamic-uniform.ts';
import { kernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { splitsOf } from './pair-variant.ts';
import { PointProgram } from './point-program.ts';
import type { PointMemory } from './point-program.ts';
import { packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** Rows, and columns at a time, of a workgroup; shaders/distances.wgsl has the same. */
const TILE = 32;

/** Bytes that a kernel sees of the row tiles. */
const WINDOWS = { rowTile: 32 };

/** NOBODY of shaders/distances.wgsl. */
const NOBODY = 0xffffffff;

/** Multiply-adds that one pair's root or exponential is worth, for cutting work into slices. */
const PAIR_OVERHEAD = 24;

/**
 * The skeleton of distances on the GPU: tallies, totals, then the gradient; memory grows with points x dimension.
 * @throws InputError naming `argument` when the shape does not fit the device.
 * @throws Error when a shader does not compile.
 */
export function createDistanceProgram(
  device: GPUDevice,
  loss: AnyDistanceLoss,
  shape: PairShape,
  argument: string,
): Promise<LossProgram> {
  const { dimension, rows, kind } = shape;
  const { points, keyStart } = pairLayout(shape, loss.anchors);
  const splits = splitsOf('workgroup', rows);
  const isSet = kind === 'labelled';
  const meetsSet = isSet || Boolean(loss.meetsOwnTower);
  const quads = points / 4;
  const keyQuad = keyStart / 4;
  const towers = isSet ? 1 : 2;
  const others = meetsSet ? rows - 1 : 0;
  const tilesOfTower = Math.ceil(rows / TILE);
  const rowTiles = Array.from({ length: towers * tilesOfTower }, (_, index) => {
    const tower = Math.floor(index / tilesOfTower);
    const start = tower * keyStart;
    return packUniform(distancesShader, 'RowTile', {
      firstRow: start + (index % tilesOfTower) * TILE,
      rowEnd: start + rows,
      columnStart: start,
      columnEnd: meetsSet ? start + rows : start,
      matchQuad: isSet ? NOBODY : (1 - tower) * keyQuad,
      towerQuad: tower * keyQuad,
      tower,
    });
  });
  const tallyBytes = 4 * TALLY * points;
  const buffers = {
    storage: {
      partials: splits * tallyBytes,
      tallies: tallyBytes,
      towerTotals: 32,
      ...(shape.gradient && { gradients: 4 * splits * points * dimension }),
    },
    uniforms: {
      shape: packUniform(distancesShader, 'Shape', {
        dimension,
        quads,
        splits,
        towers,
        rows,
        keyQuad,
        others,
      }),
      rowTile: strided(rowTiles),
    },
    splits,
    tally: {
      buffer: 'tallies',
      losses: (values, numbers) => {
        const talliesOf = (tower: number) =>
          Float64Array.from({ length: rows * TALLY }, (_, index) => {
            const point = tower * keyStart + Math.floor(index / TALLY);
            return numbers[(point >> 2) * 4 * TALLY + (index % TALLY) * 4 + (point & 3)];
          });
        const tallies = Array.from({ length: towers }, (_, tower) => talliesOf(tower));
        return lossesOf(loss.rule, loss.constants(values), tallies, others);
      },
    },
  } satisfies Parameters<typeof PointProgram.create>[4];

  const skeleton = (label: string, entryPoint: string, ...parts: string[]) =>
    kernel(device, {
      label: `${label} (${loss.kind})`,
      source: [numericsShader, distancesShader, termsShader, loss.shader, ...parts].join('\n'),
      entryPoint,
      dynamic: ['rowTile'],
    });
  return PointProgram.create(device, loss, shape, argument, buffers, async () => {
    const [statistics, totals, gradient] = await Promise.all([
      skeleton('distance statistics', 'distanceStatistics', distanceTileShader, distanceStatisticsShader),
      skeleton('distance totals', 'distanceTotals', distanceTotalsShader),
      shape.gradient
        ? skeleton('distance gradient', 'distanceGradient', distanceTileShader, distanceGradientShader)
        : undefined,
    ]);
    const columns = meetsSet ? rows : 1;
    return (memory) => {
      const sweeps = (sweep: Kernel, products: number) =>
        Array.from({ length: towers }, (_, tower) =>
          rowTileWork(sweep, memory, tower * tilesOfTower, tilesOfTower, splits, {
            tileCost: TILE * columns * products * (3 * dimension + PAIR_OVERHEAD),
            multiplyAdds: rows * columns * products * dimension,
          }),
        );
      return [
        ...sweeps(statistics, 1),
        wholeWork(totals, memory, 1, 1, points * splits),
        ...(gradient ? sweeps(gradient, 2) : []),
      ];
    };
  });
}

/** A kernel over the rows of one tower, divisible into row tiles. */
function rowTileWork(
  sweep: Kernel,
  memory: PointMemory,
  firstTile: number,
  tiles: number,
  splits: number,
  cost: Pick<Work, 'tileCost' | 'multiplyAdds'>,
): Work {
  const group = sweep.bind(memory, WINDOWS);
  return {
    label: sweep.label,
    tiles,
    ...cost,
    bytes: sweep.bytes(memory),
    dispatch: (pass, first, count) => {
      pass.setPipeline(sweep.pipeline);
      pass.setBindGroup(0, group, [(firstTile + first) * STRIDE]);
      pass.dispatchWorkgroups(count, splits);
    },
  };
}
