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

/** A panel's tiles are followed by what softmax-panels.ts notes of each: a vector, and two numbers for each row. */
export const NOTES_BYTES = VECTOR + 2 * 4 * TILE;
export const PANEL_TILE_BYTES = TILE_BYTES + Math.ceil(NOTES_BYTES / 64) * 64;
