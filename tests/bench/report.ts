import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';

/** Repeated measurements of one thing. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

export type Cell = string | number | Summary;

/** One thing that was promised. */
export interface Requirement {
  what: string;
  limit: string;
  got: string;
  met: boolean;
}

/** What was measured about one subject. */
export interface Topic {
  title: string;
  rows: Record<string, Cell>[];
  notes: string[];
  requirements: Requirement[];
}

export function summarize(values: readonly number[]): Summary {
  return { median: percentile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The value below which this share of the values lies, between two of them where it falls between. NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return sorted.length === 0 ? NaN : below + (above - below) * (at % 1);
}

/** Gathers the topics, prints each when it is measured, and in the end what was promised. */
export class Report {
  readonly #browser: string;
  readonly #file: string;
  readonly #topics: (Topic & { load: [before: number, after: number] })[] = [];

  /** @param file beside this one, for the results. */
  constructor(browser: string, file = 'results.json') {
    this.#browser = browser;
    this.#file = file;
  }

  /** Measures a topic and prints it, with how busy the machine was before and after. */
  async add(measure: () => Promise<Topic>): Promise<void> {
    const before = loadavg()[0];
    const topic = { ...(await measure()), load: [before, loadavg()[0]] as [number, number] };
    this.#topics.push(topic);
    const busy = topic.load.map((load) => load.toFixed(1)).join(' before, ');
    console.log(`\n${topic.title}   [load of the machine: ${busy} after]`);
    console.log(table(topic.rows));
    for (const note of topic.notes) console.log(`  ${note}`);
  }

  /** Prints the requirements and writes everything to results.json. */
  async finish(): Promise<void> {
    const requirements = this.#topics.flatMap((topic) => topic.requirements);
    if (requirements.length > 0) console.log('\nWhat it must reach');
    console.log(table(requirements.map((one) => ({ ...one, met: one.met ? 'met' : 'NOT MET' }))));
    const processors = cpus();
    const machine = { processor: processors[0]?.model, cores: processors.length, browser: this.#browser };
    const results = { date: new Date().toISOString(), machine, topics: this.#topics };
    await writeFile(new URL(this.#file, import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
    console.log(
      `\n${machine.processor}, ${machine.cores} cores; ${machine.browser}. Saved as ${this.#file}.`,
    );
  }
}

function table(rows: readonly Record<string, Cell>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const lines = [names, ...rows.map((row) => names.map((name) => text(row[name])))];
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column])).join('   ')}`.trimEnd())
    .join('\n');
}

/** A summary reads as its median, then the least and the most. */
function text(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return rounded(cell);
  return `${rounded(cell.median)} (${rounded(cell.min)} to ${rounded(cell.max)})`;
}

export function rounded(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
}
