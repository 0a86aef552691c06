import type { ParameterValues } from '../../losses/loss.ts';
import type { AnyPairLoss } from '../../losses/registry.ts';
import type { Batch, EvaluateOptions, Evaluation } from '../engine.ts';
import { Slices } from '../slices.ts';
import { closeTowers, openTowers } from '../towers.ts';
import type { BatchLayout } from '../validate.ts';
import type { Anchors } from './anchors.ts';
import { createAnchors, finishAnchors, visitColumns, visitRows } from './anchors.ts';
import { multiply, pullColumns, pullRows } from './products.ts';
import type { Tile } from './tile.ts';
import { isDiagonal, relationsOf, TILE, tileCount, tilesOf } from './tile.ts';

/**
 * The pair skeleton: streams the tiles of all pairs through the loss's two functions, once for what the anchors
 * accumulate and once for the pulls, which go into the gradient while the tile is at hand. The matrix of pairs is never
 * stored. Of one set only the upper half is computed: a tile serves its rows and, mirrored, its columns.
 */
export async function evaluatePairs(
  loss: AnyPairLoss,
  values: ParameterValues,
  layout: BatchLayout,
  batch: Batch,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const { rule } = loss;
  const constants = loss.constants(values);
  const relate = relationsOf(batch, layout);
  const refine = hasSeveralPositives(batch) ? rule.refine : undefined;
  const passes = 1 + Number(refine !== undefined) + Number(options.gradient ?? false);
  const slices = new Slices(2 * (layout.rows + layout.columns) + passes * TILE * tileCount(layout), options);

  const towers = await openTowers(batch, Boolean(values.normalize), slices);
  const rows = createAnchors(layout.rows, rule);
  const columns = { all: rows, both: createAnchors(layout.columns, rule), queries: undefined }[loss.anchors];
  const everyone = columns && columns !== rows ? [rows, columns] : [rows];

  const stream = async (visit: (tile: Tile) => void) => {
    for (const tile of tilesOf(layout)) {
      multiply(tile, towers);
      relate(tile);
      visit(tile);
      if (slices.spend(TILE)) await slices.next();
    }
  };

  const accumulate = async (take: typeof rule.accumulate) => {
    await stream((tile) => {
      visitRows(tile, rows, take, constants);
      if (columns && !isDiagonal(tile, layout)) visitColumns(tile, columns, take, constants);
    });
    for (const anchors of everyone) finishAnchors(anchors, rule, constants);
  };
  await accumulate(rule.accumulate);
  if (refine) await accumulate(refine);

  const terms = sum(everyone.map((anchors) => sum(anchors.terms)));
  const weight = terms === 0 ? 0 : 1 / terms;
  const evaluation: Evaluation = {
    loss: weight * sum(everyone.map((anchors) => sum(anchors.losses))),
    count: terms / everyone.length,
  };
  if (options.rowLosses) evaluation.rowLosses = rowLosses(everyone, layout.rows);
  if (!options.gradient) return evaluation;

  const sums = { pull: 0, pullSimilarity: 0 };
  await stream((tile) => {
    tile.pull.fill(0);
    visitRows(tile, rows, rule.pull, constants);
    if (columns) visitColumns(tile, columns, rule.pull, constants);
    pullRows(tile, towers);
    // A diagonal tile of one set holds each of its pairs twice.
    const diagonal = isDiagonal(tile, layout);
    if (!diagonal) pullColumns(tile, towers);
    addPulls(sums, tile, diagonal ? weight / 2 : weight);
  });
  evaluation.gradient = await closeTowers(batch, towers, weight, slices);
  evaluation.parameterGradients = loss.parameterGradients(values, sums);
  return evaluation;
}

function hasSeveralPositives(batch: Batch): boolean {
  if (!('labels' in batch)) return false;
  const seen = new Map<number, number>();
  for (const label of batch.labels) seen.set(label, (seen.get(label) ?? 0) + 1);
  return [...seen.values()].some((members) => members > 2);
}

/** Adds up what the gradients of temperature and the like are made of. */
function addPulls(
  sums: { pull: number; pullSimilarity: number },
  { similarity, pull }: Tile,
  weight: number,
): void {
  let pulls = 0;
  let weighted = 0;
  for (let entry = 0; entry < pull.length; entry++) {
    pulls += pull[entry];
    weighted += pull[entry] * similarity[entry];
  }
  sums.pull += weight * pulls;
  sums.pullSimilarity += weight * weighted;
}

/** The mean of each row's own terms; with two towers as anchors, the mean of query and key. */
function rowLosses(everyone: Anchors[], rows: number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    const means = everyone.map(({ losses, terms }) => (terms[row] === 0 ? 0 : losses[row] / terms[row]));
    return sum(means) / everyone.length;
  });
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index];
  return total;
}
