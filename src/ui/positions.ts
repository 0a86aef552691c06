import type { Simulation } from '../simulation/simulation.ts';

/** Where the points of a 2-D or 3-D run are, x, y, z, unused each; on the GPU they are asked for. */
export function positionsOf(simulation: Simulation): Float32Array | Promise<Float32Array> {
  const { positions } = simulation;
  return positions.on === 'cpu' ? positions.array : readBack(simulation);
}

async function readBack(simulation: Simulation): Promise<Float32Array> {
  const { embeddings } = await simulation.snapshot();
  const { dataset, dimension } = simulation.start;
  const positions = new Float32Array(4 * dataset.points);
  for (let point = 0; point < dataset.points; point++) {
    positions.set(embeddings.subarray(dimension * point, dimension * (point + 1)), 4 * point);
  }
  return positions;
}
