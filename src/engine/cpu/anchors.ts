import type { CandidateLine, Constants, PairRule } from '../../losses/pair-rule.ts';
import type { Tile } from './tile.ts';
import { TILE } from './tile.ts';

/** One side of the matrix of pairs, whose points look for their positives: the records of the loss's PairRule. */
export interface Anchors {
  count: number;
  /** count x size, see PairRule. */
  records: Float64Array;
  size: number;
  /** The sum of each anchor's terms, and how many they are. */
  losses: Float64Array;
  terms: Float64Array;
}

export function createAnchors(count: number, { size }: PairRule): Anchors {
  return {
    count,
    records: new Float64Array(count * size),
    size,
    losses: new Float64Array(count),
    terms: new Float64Array(count),
  };
}

/** One of the PairRule's functions over a line of candidates. */
type VisitLine = (records: Float64Array, at: number, line: CandidateLine, constants: Constants) => void;

/** Every row of a tile as an anchor that meets the columns. */
export function visitRows(tile: Tile, anchors: Anchors, visit: VisitLine, constants: Constants): void {
  const { similarity, relation, pull } = tile;
  const line: CandidateLine = { similarity, relation, pull, first: 0, stride: 1, count: tile.columns };
  for (let row = 0; row < tile.rows; row++) {
    line.first = row * TILE;
    visit(anchors.records, (tile.firstRow + row) * anchors.size, line, constants);
  }
}

/** Every column of a tile as an anchor that meets the rows. */
export function visitColumns(tile: Tile, anchors: Anchors, visit: VisitLine, constants: Constants): void {
  const { similarity, relation, pull } = tile;
  const line: CandidateLine = { similarity, relation, pull, first: 0, stride: TILE, count: tile.rows };
  for (let column = 0; column < tile.columns; column++) {
    line.first = column;
    visit(anchors.records, (tile.firstColumn + column) * anchors.size, line, constants);
  }
}

/** Completes every record once its anchor has met all candidates. */
export function finishAnchors(anchors: Anchors, rule: PairRule, constants: Constants): void {
  for (let index = 0; index < anchors.count; index++) {
    const { loss, terms } = rule.finish(anchors.records, index * anchors.size, constants);
    anchors.losses[index] = loss;
    anchors.terms[index] = terms;
  }
}
