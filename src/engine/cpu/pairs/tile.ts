/**
 * A square of the matrix of pairs, which is what is worked on at a time in place of the whole: with its points it stays
 * in the nearest caches. Its memory is TILE columns of TILE rows, one f32 per pair, so that a vector is four rows.
 */
export const TILE = 48;

/** From one column of a tile to the next. */
export const COLUMN_BYTES = 4 * TILE;
export const TILE_BYTES = COLUMN_BYTES * TILE;

/** Points lie in quads, see products.ts; rows are handled two quads at a time. */
export const QUAD = 4;
export const GRAIN = 2 * QUAD;

/** Bytes of one vector. */
export const VECTOR = 16;
