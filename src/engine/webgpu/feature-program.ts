import featureGradientShader from '../../../shaders/feature-gradient.wgsl?raw';
import featureMatrixShader from '../../../shaders/feature-matrix.wgsl?raw';
import featureTermsShader from '../../../shaders/feature-terms.wgsl?raw';
import featureTotalsShader from '../../../shaders/feature-totals.wgsl?raw';
import featuresShader from '../../../shaders/features.wgsl?raw';
import standardizeShader from '../../../shaders/standardize.wgsl?raw';
import termsShader from '../../../shaders/terms.wgsl?raw';
import type { AnyFeatureLoss } from '../../losses/registry.ts';
import { strided, STRIDE } from './dynamic-uniform.ts';
import { kernel } from './kernel.ts';
import type { Kernel } from './kernel.ts';
import type { LossProgram } from './loss-program.ts';
import { refuseBeyondDispatch } from './memory.ts';
import { pairLayout } from './pair-shape.ts';
import type { PairShape } from './pair-shape.ts';
import { PointProgram } from './point-program.ts';
import type { PointMemory } from './point-program.ts';
import { packUniform } from './wgsl.ts';
import { wholeWork } from './work.ts';
import type { Work } from './work.ts';

/** Features and quads of points that a workgroup handles at a time; shaders/features.wgsl has the same. */
const FEATURE_TILE = 32;
const POINT_TILE = 16;

/** How many workgroups the matrix should have, for a large GPU to be busy; small ones split their points for it. */
const WORKGROUPS_WANTED = 512;

/** Fewer quads than this are not worth a workgroup of their own. */
const QUADS_WORTH_A_SPLIT = 64;

/** A kernel that is dispatched `across` workgroups to a tile, divisible into tiles. */
function tiledWork(
  entry: Kernel,
  memory: PointMemory,
  across: number,
  tiles: number,
  cost: Pick<Work, 'tileCost' | 'multiplyAdds'>,
): Work {
  const group = entry.bind(memory, { slice: 16 });
  return {
    label: entry.label,
    tiles,
    ...cost,
    bytes: entry.bytes(memory),
    dispatch: (pass, first, count) => {
      pass.setPipeline(entry.pipeline);
      pass.setBindGroup(0, group, [first * STRIDE]);
      pass.dispatchWorkgroups(across, count);
    },
  };
}

/**
 * The skeleton of features on the GPU: standardizes the features, takes the matrix over them and its terms, and mixes
 * their slopes back into the points. Memory grows with points x dimension + dimension x dimension.
 * @throws InputError naming `argument` when the shape does not fit the device.
 * @throws Error when a shader does not compile.
 */
export async function createFeatureProgram(
  device: GPUDevice,
  loss: AnyFeatureLoss,
  shape: PairShape,
  argument: string,
): Promise<LossProgram> {
  const { dimension, rows } = shape;
  const isCorrelation = loss.rule.matrix === 'correlation';
  const towerQuads = pairLayout(shape, loss.anchors).keyStart / 4;
  const matrices = isCorrelation ? 1 : 2;
  const featureTiles = Math.ceil(dimension / FEATURE_TILE);
  const splits = Math.max(
    1,
    Math.min(
      Math.floor(WORKGROUPS_WANTED / matrices / featureTiles ** 2),
      Math.floor(towerQuads / QUADS_WORTH_A_SPLIT),
    ),
  );
  const matrixTiles = matrices * splits * featureTiles;
  const pointTiles = (2 * towerQuads) / POINT_TILE;
  refuseBeyondDispatch(device, argument, Math.max(dimension, matrixTiles, pointTiles));
  const firstTiles = Array.from({ length: Math.max(matrixTiles, pointTiles) }, (_, firstTile) =>
    packUniform(featuresShader, 'Slice', { firstTile }),
  );
  const buffers = {
    storage: {
      standardized: 32 * towerQuads * dimension,
      columns: 16 * dimension,
      partials: 4 * splits * matrices * dimension ** 2,
      slopes: 8 * dimension ** 2,
      featureTerms: 16 * dimension,
    },
    uniforms: {
      features: packUniform(featuresShader, 'Features', { dimension, rows, towerQuads, splits }),
      slice: strided(firstTiles),
    },
  };
  const compile = (label: string, entryPoint: string, ...parts: string[]) =>
    kernel(device, {
      label: `${label} (${loss.kind})`,
      source: [featuresShader, ...parts].join('\n'),
      entryPoint,
      dynamic: ['slice'],
      constants: { CORRELATION: Number(isCorrelation) },
    });
  return PointProgram.create(device, loss, shape, argument, buffers, async () => {
    const [standardize, matrix, terms, totals, gradient] = await Promise.all([
      compile('standardize', 'standardizeFeatures', standardizeShader),
      compile('feature matrix', 'multiplyFeatures', featureMatrixShader),
      compile('feature terms', 'sumTerms', loss.shader, featureTermsShader),
      compile('feature totals', 'addFeatureTotals', termsShader, loss.shader, featureTotalsShader),
      shape.gradient
        ? compile('feature gradient', 'featureGradient', loss.shader, featureGradientShader)
        : undefined,
    ]);
    return (memory) => {
      const tileSize = FEATURE_TILE * dimension;
      const works = [
        rowsWork(standardize, memory, Math.ceil(dimension / 4), 24 * towerQuads * dimension),
        tiledWork(matrix, memory, featureTiles, matrixTiles, {
          tileCost: (4 * tileSize * towerQuads) / splits,
          multiplyAdds: matrices * rows * dimension ** 2,
        }),
        rowsWork(terms, memory, dimension, 2 * (splits + 8) * dimension ** 2),
        wholeWork(totals, memory, 1, 1, dimension),
      ];
      if (gradient) {
        works.push(
          tiledWork(gradient, memory, featureTiles, pointTiles, {
            tileCost: 4 * POINT_TILE * dimension ** 2,
            multiplyAdds: 2 * rows * dimension ** 2,
          }),
        );
      }
      return works;
    };
  });
}

/** A kernel that is dispatched whole, `across` workgroups for each of two towers. */
function rowsWork(entry: Kernel, memory: PointMemory, across: number, cost: number): Work {
  const group = entry.bind(memory);
  return {
    label: entry.label,
    tiles: 1,
    tileCost: cost,
    multiplyAdds: 0,
    bytes: entry.bytes(memory),
    dispatch: (pass) => {
      pass.setPipeline(entry.pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(across, 2);
    },
  };
}
