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

/**
 * Runs every case, however many fail; a case that throws is a failure too.
 * @param lanes how many cases are under way at a time.
 */
export async function runGroup(group: Group, engine: Engine, lanes = 1): Promise<Report> {
  const waiting = group.cases.values();
  const all: Checks[] = [];
  const work = async () => {
    for (const { name, run } of waiting) {
      const checks = new Checks();
      checks.case = name;
      all.push(checks);
      await run(engine, checks).catch((error) => checks.threw(error));
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return {
    checks: all.reduce((sum, { checks }) => sum + checks, 0),
    failures: all.flatMap(({ failures }) => failures),
  };
}
