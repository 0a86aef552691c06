import { normals, random4, unitInterval } from '../../data/random.ts';
import { wrapped } from '../circle.ts';
import type { Degrees } from '../circle.ts';

export const ROUNDS = 10;
export const KEYS = 6;

/**
 * How far a view lies from its query, as a standard deviation in radians. The log-odds of "a view" against "anything"
 * are then about cos / NOISE^2: the softmax is as good as can be at temperature NOISE^2 = 0.2.
 */
const NOISE = Math.sqrt(0.2);

/** A line-up whose positive is not told. */
export interface Round {
  query: Degrees;
  keys: Degrees[];
  /** Which of the keys is the query's. */
  positive: number;
}

/** Round number `round` of game `seed`: the positive is the query seen through noise, the others may lie anywhere. */
export function deal(seed: number, round: number): Round {
  const [word, place] = random4(round, seed, 0, 0x67616d65);
  const query = degrees(word);
  const positive = Math.floor(unitInterval(place) * KEYS);
  const noise = normals(1, seed, 1 + round)[0] * NOISE * (180 / Math.PI);
  const keys = Array.from({ length: KEYS }, (_, key) =>
    key === positive ? wrapped(query + noise) : degrees(random4(round, seed, 1 + key, 0x67616d65)[0]),
  );
  return { query, keys, positive };
}

function degrees(word: number): Degrees {
  return wrapped(360 * unitInterval(word));
}

/** How sure a reader can say to be: the probability that the pick is given; the other keys share the rest. */
export const CONFIDENCES = [
  { name: 'just a guess', probability: 0.4 },
  { name: 'fairly sure', probability: 0.7 },
  { name: 'certain', probability: 0.99 },
] as const;

/** -log of the probability that a pick, made with some confidence, gives to the positive. In nats, like the softmax's. */
export function pickLoss(right: boolean, confidence: number): number {
  return -Math.log(right ? confidence : (1 - confidence) / (KEYS - 1));
}
