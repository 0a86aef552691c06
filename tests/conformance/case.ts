import type { Engine } from '../../src/engine/engine.ts';
import { Checks } from './checks.ts';
import type { Report } from './checks.ts';

/** One situation: runs it on an engine and notes what was not as it should be. */
export interface Case {
  name: string;
  run(engine: Engine, checks: Checks): Promise<void>;
}

/** Cases that are reported as one test. */
export interface Group {
  name: string;
  cases: readonly Case[];
}

/** Runs every case, however many fail; a case that throws is a failure too. */
export async function runGroup(group: Group, engine: Engine): Promise<Report> {
  const checks = new Checks();
  for (const { name, run } of group.cases) {
    checks.case = name;
    await run(engine, checks).catch((error) => checks.threw(error));
  }
  return { checks: checks.checks, failures: checks.failures };
}
