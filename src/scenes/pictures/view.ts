import { withMinus } from '../../values/format.ts';
import { angleOf, onCircle, packed, unpacked, wrapped } from '../circle.ts';
import type { Degrees, Vector } from '../circle.ts';
import { newest } from '../newest.ts';
import { Arrow } from '../parts/arrow.ts';
import { Choice } from '../parts/choice.ts';
import { circleStage } from '../parts/circle-stage.ts';
import { addButton, html } from '../parts/html.ts';
import { eachFrame } from '../parts/in-sight.ts';
import { NumberText } from '../parts/number.ts';
import type { Handle, Stage } from '../parts/stage.ts';
import { setAttributes, svg } from '../parts/svg.ts';
import type { Frame } from '../scene.ts';
import { olderViewsOf, partnerOf, randomAngle, thingOf, viewsOf } from './augment.ts';
import { EncodedPictures, FreePictures } from './learners.ts';
import type { Learner } from './learners.ts';
import { countBlobs, fields, measurePictures, TEMPERATURE } from './model.ts';
import type { Measured, PicturesSettings } from './model.ts';
import { HALF, PictureDrawing } from './picture-view.ts';
import { things } from './picture.ts';
import { Prediction } from './prediction-view.ts';
import { areTied, CHAIN, countPieces, pairsOf, PICTURES, TWO_VIEWS, withToggled } from './ties.ts';

/** How far an arrow key moves a picture. */
const STEP: Degrees = 3;
const CLEARANCE = HALF * 1.25;
const GHOST_HALF = 0.075;
const GHOST_RADIUS = 0.6;
/** Only the direction counts: the two views of a thing are drawn on either side of the circle, or one would hide the other. */
const ASIDE = 0.14;

export class PicturesView {
  readonly #frame: Frame<typeof fields>;
  readonly #stage: Stage;
  readonly #ties: SVGGElement;
  readonly #ghosts: SVGGElement;
  readonly #arrows: Arrow[];
  readonly #drawings: PictureDrawing[];
  readonly #handles: Handle[];
  readonly #loss = new NumberText('loss');
  readonly #blobs = new NumberText('blobs', String);
  readonly #pieces = new NumberText('pieces', String);
  readonly #prediction = new Prediction(() => this.#setPlaying(true));
  readonly #play: HTMLButtonElement;
  readonly #measure: () => void;
  #learner: Learner;
  /** Whether a press ties and cuts, instead of choosing the anchor. */
  #tying = false;
  #playing = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  /** Where a hand wants which picture. */
  #held: { picture: number; angle: Degrees } | undefined;
  /** The view itself changes a setting: nothing starts anew. */
  #isOwn = false;

  constructor(frame: Frame<typeof fields>) {
    this.#frame = frame;
    const { settings } = frame;
    this.#learner = startLearner(settings.state);
    this.#stage = circleStage(frame.picture, 'Pictures on a circle, where an encoder might put them');
    this.#ties = this.#stage.addLayer('ties');
    this.#ghosts = this.#stage.addLayer('ghosts');
    const arrows = this.#stage.addLayer('arrows');
    const layer = this.#stage.addLayer('points');
    const views = viewsOf(settings.state);
    this.#arrows = views.map(() => new Arrow(arrows, 'picture-arrow'));
    this.#drawings = views.map((view, picture) => new PictureDrawing(thingOf(picture), view));
    this.#handles = this.#drawings.map((drawing, picture) => this.#addHandle(layer, drawing, picture));
    this.#measure = newest<void>(
      async () => this.#draw(await this.#measureAt(this.#learner.angles().map(onCircle))),
      (error) => frame.failed(error),
    );

    this.#play = addButton(frame.controls, '', () => this.#setPlaying(!this.#playing));
    this.#play.className = 'play primary';
    addButton(frame.controls, 'Augment', () => this.#augment()).title =
      'A new view of the anchor: cropped, turned, lighter or darker';
    this.#addChoices();
    frame.readings.append(
      this.#prediction.element,
      html('p', 'formula', 'L = ', this.#loss.element, ' nats'),
      html(
        'p',
        'note',
        'Blobs: ',
        this.#blobs.element,
        '. Pieces of the positive graph: ',
        this.#pieces.element,
        '.',
      ),
    );

    settings.subscribe((state, previous) => {
      const isAnother = !this.#isOwn || state.learner !== previous.learner;
      const asksAnew =
        isAnother ||
        state.negatives !== previous.negatives ||
        (state.ties !== previous.ties && !state.negatives);
      // What was learned for another question would answer this one: an encoder begins anew.
      if (isAnother || (asksAnew && state.learner === 'encoder')) this.#learner = startLearner(state);
      if (asksAnew) this.#askOrNot(state);
      this.#show(state);
    });
    this.#askOrNot(settings.state);
    this.#show(settings.state);
    void eachFrame(frame.picture, () => this.#advance());
  }

  #addHandle(layer: SVGGElement, drawing: PictureDrawing, picture: number): Handle {
    const hold = (angle: Degrees) => {
      this.#held = { picture, angle };
      this.#choose(picture);
      if (this.#learner instanceof FreePictures) this.#learner.place(picture, angle);
      this.#measure();
    };
    return this.#stage.addHandle(layer, drawing.element, {
      moved: (place) => {
        const angle = angleOf(place);
        if (angle !== undefined) hold(angle);
      },
      released: () => this.#letGo(),
      nudged: (right, up) => {
        hold(wrapped(this.#learner.angles()[picture] + STEP * (right + up)));
        if (this.#learner instanceof FreePictures) this.#letGo();
      },
      pressed: () => {
        const { anchor, ties } = this.#frame.settings.state;
        if (this.#tying) this.#set({ ties: withToggled(ties, anchor, picture) });
        else this.#choose(picture);
      },
    });
  }

  #addChoices(): void {
    const { settings, controls } = this.#frame;
    const onOff = { on: 'push', off: 'do nothing' };
    const negatives = new Choice(controls, 'Negatives', onOff, (key) =>
      this.#set({ negatives: key === 'on' }),
    );
    const learner = new Choice(controls, fields.learner.label, fields.learner.choices, (key) => {
      this.#set({ learner: key, places: this.#learner.angles() });
    });
    const shapes = { pairs: 'two views of each', chain: 'a chain', hand: 'by hand' };
    const ties = new Choice(controls, 'Positives', shapes, (key) => {
      this.#tying = key === 'hand';
      if (key !== 'hand') this.#set({ ties: key === 'pairs' ? TWO_VIEWS : CHAIN });
      show(settings.state);
    });
    const hint = html('p', 'note', 'Press a picture to tie it to the blue one, or to cut the tie.');
    controls.append(hint);
    const show = (state: PicturesSettings) => {
      negatives.show(state.negatives ? 'on' : 'off');
      learner.show(state.learner);
      const known = state.ties === TWO_VIEWS ? 'pairs' : state.ties === CHAIN ? 'chain' : undefined;
      ties.show(this.#tying ? 'hand' : known);
      hint.hidden = !this.#tying;
    };
    settings.subscribe(show);
    show(settings.state);
  }

  #set(change: Partial<PicturesSettings>): void {
    this.#isOwn = true;
    this.#frame.settings.set(change);
    this.#isOwn = false;
  }

  #setPlaying(playing: boolean): void {
    this.#playing = playing;
    this.#showPlaying();
  }

  #showPlaying(): void {
    const waits = this.#prediction.isAsking;
    this.#play.disabled = waits;
    this.#play.textContent = waits ? 'Waits for your guess' : this.#playing ? 'Pause' : 'Play';
  }

  /** Without negatives the reader says first what will happen. */
  #askOrNot({ negatives, learner }: PicturesSettings): void {
    if (negatives) this.#prediction.dismiss();
    else this.#prediction.ask(learner === 'encoder');
    this.#showPlaying();
  }

  #choose(picture: number): void {
    if (picture !== this.#frame.settings.state.anchor) this.#set({ anchor: picture, views: 0 });
  }

  #letGo(): void {
    this.#held = undefined;
    if (this.#learner instanceof FreePictures) this.#set({ places: this.#learner.angles() });
  }

  #augment(): void {
    const { anchor, views } = this.#frame.settings.state;
    const next = { anchor, views: views + 1 };
    if (this.#learner instanceof FreePictures)
      this.#learner.place(partnerOf(anchor), randomAngle(next.views));
    this.#set({ ...next, places: this.#learner.angles() });
  }

  /** Takes over what was set. */
  #show(state: PicturesSettings): void {
    const views = viewsOf(state);
    this.#learner.show(views);
    this.#drawings.forEach((drawing, picture) => drawing.show(views[picture]));
    this.#ghosts.replaceChildren(
      ...olderViewsOf(state).map(
        (view) => new PictureDrawing(thingOf(state.anchor), view, GHOST_HALF).element,
      ),
    );
    this.#ties.replaceChildren(...pairsOf(state.ties).map(() => svg('line')));
    const role = (picture: number) =>
      picture === state.anchor
        ? 'anchor'
        : areTied(state.ties, picture, state.anchor)
          ? 'positive'
          : 'negative';
    this.#handles.forEach((handle, picture) => {
      for (const element of [handle.element, this.#arrows[picture].element]) {
        for (const name of ['anchor', 'positive', 'negative'])
          element.classList.toggle(name, name === role(picture));
      }
      handle.setLabel(`${things[thingOf(picture)].name}, view ${1 + (picture % 2)}, ${role(picture)}`);
    });
    this.#measure();
  }

  /** One step of descent, if it is time for one. */
  async #advance(): Promise<void> {
    if (!this.#playing || this.#prediction.isAsking) return;
    try {
      const learner = this.#learner;
      const measured = await this.#measureAt(learner.angles().map(onCircle));
      this.#draw(measured);
      await learner.step(async (embeddings) =>
        learner instanceof FreePictures ? measured.gradient : this.#descend(embeddings),
      );
      if (this.#held && learner instanceof FreePictures) learner.place(this.#held.picture, this.#held.angle);
      const { ties, learner: kind } = this.#frame.settings.state;
      this.#prediction.watch(
        learner.angles(),
        countPieces(ties),
        kind === 'encoder',
        this.#held !== undefined,
      );
    } catch (error) {
      this.#setPlaying(false);
      this.#frame.failed(error);
    }
  }

  #measureAt(embeddings: readonly Vector[]): Promise<Measured> {
    const { state } = this.#frame.settings;
    return this.#frame.compute((engine) => measurePictures(engine, embeddings, state));
  }

  /** An encoder cannot put a picture where a hand wants it: there the hand is one more positive, and pulls. */
  async #descend(embeddings: readonly Vector[]): Promise<Vector[]> {
    const { gradient } = await this.#measureAt(embeddings);
    if (!this.#held) return gradient;
    const { picture, angle } = this.#held;
    const { gradient: pull } = await this.#frame.compute((engine) =>
      engine.evaluate(
        { kind: 'info-nce', temperature: TEMPERATURE, negatives: false },
        { dimension: 2, queries: packed([embeddings[picture]]), keys: packed([onCircle(angle)]) },
        { gradient: true },
      ),
    );
    const [{ x, y }] = unpacked((pull as { queries: Float32Array }).queries);
    return gradient.with(picture, { x: gradient[picture].x + x, y: gradient[picture].y + y });
  }

  #draw({ loss, gradient }: Measured): void {
    const { state } = this.#frame.settings;
    const angles = this.#learner.angles();
    const places = angles.map(drawnAt);
    places.forEach((place, picture) => {
      const { x, y } = gradient[picture];
      this.#handles[picture].moveTo(place);
      this.#arrows[picture].show(place, { x: -x * PICTURES, y: -y * PICTURES }, CLEARANCE);
      this.#handles[picture].setValue(
        angles[picture],
        -180,
        180,
        `at ${withMinus(angles[picture].toFixed(0))} degrees, pulled by ${Math.hypot(x, y).toFixed(3)}`,
      );
    });
    pairsOf(state.ties).forEach(([a, b], index) => {
      setAttributes(this.#ties.children[index] as SVGLineElement, {
        x1: places[a].x,
        y1: -places[a].y,
        x2: places[b].x,
        y2: -places[b].y,
      });
    });
    this.#learner.land(thingOf(state.anchor), olderViewsOf(state)).forEach((angle, ghost) => {
      const { x, y } = onCircle(angle);
      setAttributes(this.#ghosts.children[ghost] as SVGGElement, {
        transform: `translate(${GHOST_RADIUS * x} ${-GHOST_RADIUS * y})`,
      });
    });
    this.#ghosts.toggleAttribute('hidden', this.#learner instanceof FreePictures);
    const blobs = countBlobs(angles);
    this.#loss.show(loss);
    this.#blobs.show(blobs);
    this.#pieces.show(countPieces(state.ties));
    this.#frame.say(
      `Loss ${loss.toFixed(2)} nats, ${blobs} blobs, ${countPieces(state.ties)} pieces of the positive graph.`,
    );
  }
}

function drawnAt(angle: Degrees, picture: number): Vector {
  const radius = picture % 2 === 0 ? 1 - ASIDE : 1 + ASIDE;
  const { x, y } = onCircle(angle);
  return { x: radius * x, y: radius * y };
}

function startLearner(state: PicturesSettings): Learner {
  return state.learner === 'free' ? new FreePictures(state.places) : new EncodedPictures(viewsOf(state));
}
