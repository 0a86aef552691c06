import { normals } from '../../data/random.ts';
import { encode } from '../../engine/cpu/encoder.ts';
import { layersOf, weightCount } from '../../engine/encoder.ts';
import type { EncoderShape } from '../../engine/encoder.ts';
import { angleOf, onCircle, packed, unpacked, wrapped } from '../circle.ts';
import type { Degrees, Vector } from '../circle.ts';
import { augment, thingOf } from './augment.ts';
import { INPUTS, pixelsOf, things } from './picture.ts';
import type { PictureView } from './picture.ts';
import { PICTURES } from './ties.ts';

/** The gradient of some loss at these embeddings. */
export type Descent = (embeddings: readonly Vector[]) => Promise<readonly Vector[]>;

/** What moves the pictures. */
export interface Learner {
  /** Where every picture is. */
  angles(): Degrees[];
  /** One step of gradient descent. */
  step(descent: Descent): Promise<void>;
  /** These are the pictures from now on. */
  show(views: readonly PictureView[]): void;
  /** Where other views of a thing would be. */
  land(thing: number, views: readonly PictureView[]): Degrees[];
}

/** Lengths of a step. A gradient of the encoder runs through all its inputs, and is that much larger. */
const FREE_RATE = 0.2;
const ENCODER_RATE = 0.05;

/** Every picture is a point of its own. */
export class FreePictures implements Learner {
  #angles: Degrees[];

  constructor(angles: readonly Degrees[]) {
    this.#angles = [...angles];
  }

  angles(): Degrees[] {
    return [...this.#angles];
  }

  /** A hand puts a picture somewhere. */
  place(picture: number, angle: Degrees): void {
    this.#angles[picture] = angle;
  }

  /** Points know nothing of pictures. */
  show(): void {}

  land(): Degrees[] {
    return [];
  }

  async step(descent: Descent): Promise<void> {
    const from = this.#angles;
    const embeddings = from.map(onCircle);
    const gradient = await descent(embeddings);
    this.#angles = from.map((angle, picture) => {
      const { x, y } = embeddings[picture];
      const slope = gradient[picture].y * x - gradient[picture].x * y;
      const moved = wrapped(angle - (FREE_RATE * slope * 180) / Math.PI);
      // The hand may have moved it meanwhile.
      return this.#angles[picture] === angle ? moved : this.#angles[picture];
    });
  }
}

/** Wide enough to tell four things apart, and to give it up for one answer, whatever the ties. */
const ENCODER: EncoderShape = { inputs: INPUTS, layers: 1, width: 32, activation: 'relu', outputs: 2 };
const WEIGHTS = 0x70696374;
/** At the start: standard deviations of a unit's sum, and of the biases. */
const SPREAD = 1.5;
const BIAS = 0.1;
/** With these weights pictures lie all over the circle at first: what becomes of that can be seen. */
const START = 4;

/** All pictures go through the weights of one small network that sees their pixels. */
export class EncodedPictures implements Learner {
  readonly #weights: Float32Array;
  #inputs: Float32Array = new Float32Array();
  #steps = 0;

  /** @param seed of the weights that it begins with. */
  constructor(views: readonly PictureView[], seed = START) {
    this.#weights = randomWeights(seed);
    this.show(views);
  }

  show(views: readonly PictureView[]): void {
    this.#inputs = inputsOf(views);
  }

  angles(): Degrees[] {
    return this.#land(this.#inputs);
  }

  land(thing: number, views: readonly PictureView[]): Degrees[] {
    return views.length === 0 ? [] : this.#land(join(views.map((view) => pixelsOf(things[thing], view))));
  }

  /** As when a network is trained: every step sees fresh views. */
  async step(descent: Descent): Promise<void> {
    this.#steps++;
    const fresh = Array.from({ length: PICTURES }, (_, picture) => augment(1, picture, this.#steps));
    const encoding = encode(ENCODER, this.#weights, inputsOf(fresh), false);
    const gradient = await descent(unpacked(Float32Array.from(encoding.embeddings)));
    encoding.backward(packed(gradient)).forEach((slope, weight) => {
      this.#weights[weight] -= ENCODER_RATE * slope;
    });
  }

  #land(inputs: Float32Array): Degrees[] {
    const { embeddings } = encode(ENCODER, this.#weights, inputs, true);
    return unpacked(Float32Array.from(embeddings)).map((embedding) => angleOf(embedding) ?? 0);
  }
}

function randomWeights(seed: number): Float32Array {
  const weights = normals(weightCount(ENCODER), seed, WEIGHTS);
  for (const { start, rows, inputs, outputs } of layersOf(ENCODER)) {
    for (let index = 0; index < rows * outputs; index++) {
      const isBias = index >= inputs * outputs;
      weights[start + index] *= isBias ? BIAS : SPREAD / Math.sqrt(inputs);
    }
  }
  return weights;
}

function inputsOf(views: readonly PictureView[]): Float32Array {
  return join(views.map((view, picture) => pixelsOf(things[thingOf(picture)], view)));
}

function join(rows: readonly Float32Array[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => [...row]));
}
