import type { Engine } from '../engine/engine.ts';
import type { Cloud } from '../simulation/geometry/cloud.ts';

/** What is known, beside what was computed. */
export interface Reading {
  /** Of what. */
  name: string;
  expected: number;
  measured: number;
  /** How `measured` stands to `expected`: equal, up to rounding or chance, or never below or above it. */
  relation: '=' | '≥' | '≤';
  holds: boolean;
}

/** A run without its points: what decides whether a truth has anything to say about it. */
export type Configuration = Omit<Cloud, 'embeddings'>;

/** Something that contrastive learning must do, known from the literature or from algebra. */
export interface Truth {
  /** In the order of the literature they were gathered in; stable. */
  number: number;
  name: string;
  /** What holds, for a person to read. */
  sentence: string;
  source: string;
  /** Whether its readings change as points move, or with the settings alone. */
  watches: 'cloud' | 'settings';
  applies(configuration: Configuration): boolean;
  /** Computes it on an engine, for the configuration. Nothing where the cloud has nothing to tell at the moment. */
  evaluate(engine: Engine, cloud: Cloud): Promise<readonly Reading[]>;
}

/** measured = expected, within a tolerance. */
export function equal(name: string, measured: number, expected: number, tolerance: number): Reading {
  return { name, expected, measured, relation: '=', holds: Math.abs(measured - expected) <= tolerance };
}

/** measured never falls below expected by more than the tolerance. */
export function atLeast(name: string, measured: number, expected: number, tolerance: number): Reading {
  return { name, expected, measured, relation: '≥', holds: measured >= expected - tolerance };
}

/** measured never exceeds expected by more than the tolerance. */
export function atMost(name: string, measured: number, expected: number, tolerance: number): Reading {
  return { name, expected, measured, relation: '≤', holds: measured <= expected + tolerance };
}

/** Of readings of the same thing, the first that does not hold, or else the first. */
export function representative(readings: readonly Reading[]): Reading[] {
  const shown = readings.find(({ holds }) => !holds) ?? readings[0];
  return shown ? [shown] : [];
}
