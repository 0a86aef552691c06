/** Runs in the browser: the conformance suite, a group at a time. */
import type { Backend, Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/index.ts';
import { runGroup } from './case.ts';
import type { Report } from './checks.ts';
import { findGroup } from './suite.ts';

const engines = new Map<Backend, Promise<Engine>>();

export async function run(backend: Backend, group: string, lanes: number): Promise<Report> {
  const engine = engines.get(backend) ?? createEngine({ backend });
  engines.set(backend, engine);
  return runGroup(findGroup(group), await engine, lanes);
}

/** What there is here to run on, for tests of the environment itself. */
export function environment(): { webgpu: boolean; crossOriginIsolated: boolean } {
  return { webgpu: 'gpu' in navigator, crossOriginIsolated };
}
