import type { vec3 } from 'gl-matrix';
import { Camera } from '../render/camera.ts';
import { nearestPoint } from '../render/picking.ts';
import { comfortablePointRadius } from '../render/picture.ts';
import type { CloudRenderer, CloudShape, CreateRenderer } from '../render/renderer.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { Edges } from './edges.ts';
import { attachOrbit } from './orbit.ts';
import type { Picked } from './orbit.ts';
import { positionsOf } from './positions.ts';
import { shapeOf } from './run-settings.ts';
import { themeOf } from './theme.ts';
import type { State } from './state.ts';
import type { Store } from './store.ts';

/** How far from a point, in CSS pixels, a press still takes it. */
const REACH = 14;

/** One canvas, and what it takes to draw and to touch it. */
interface Canvas {
  renderer: CloudRenderer;
  /** What made the renderer. */
  createRenderer: CreateRenderer;
  remove(): void;
}

/** Where the cloud is drawn, looked at from, and touched. */
export class Stage {
  readonly #container: HTMLElement;
  readonly #store: Store;
  readonly #camera = new Camera();
  #canvas: Canvas | undefined;
  #simulation: Simulation | undefined;
  #shape: CloudShape | undefined;
  #edges: Edges | undefined;
  /** What the renderer joins by lines: links of positives, edges of neighbours. */
  #joined: unknown[] = [];
  /** A point in the hand, and where the hand is. */
  #held: Picked | undefined;
  /** What the last frame showed; drawn again only when something else is to be seen. */
  #drawn: unknown[] = [];

  constructor(container: HTMLElement, store: Store) {
    this.#container = container;
    this.#store = store;
    new ResizeObserver(() => this.#resize()).observe(container);
  }

  /** Shows a simulation from the next frame on. */
  show(simulation: Simulation, createRenderer: CreateRenderer): void {
    const changes = createRenderer !== this.#canvas?.createRenderer;
    if (changes) {
      const canvas = this.#createCanvas(createRenderer);
      this.#canvas?.remove();
      this.#canvas = canvas;
    }
    const shape = shapeOf(simulation.start);
    this.#camera.dimension = shape.displayDimension;
    this.#simulation = simulation;
    this.#shape = shape;
    this.#edges = new Edges(simulation, shape.hues);
    this.#joined = [];
    this.#held = undefined;
    // What is resized is drawn, and the new renderer draws the new simulation alone.
    if (changes) this.#resize();
    this.#drawAgain();
  }

  /** Called once a frame. */
  draw(): void {
    const simulation = this.#simulation;
    if (!simulation || !this.#canvas) return;
    if (this.#held) this.#place(this.#held);
    const { state } = this.#store;
    const { positions, stepsTaken } = simulation;
    this.#join(state);
    const seen = [stepsTaken, positions.on === 'cpu' && positions.array, themeOf(state.theme)];
    if (seen.every((part, index) => part === this.#drawn[index])) return;
    this.#drawn = seen;
    this.#fit(state, simulation);
    const { clientWidth: width, clientHeight: height } = this.#container;
    this.#canvas.renderer.draw(positions, {
      viewProjection: this.#camera.viewProjection(),
      pointRadius: comfortablePointRadius(simulation.start.dataset.points, width, height),
      theme: themeOf(state.theme),
      highlighted: this.#held?.point ?? -1,
    });
  }

  #join({ links, edges }: State): void {
    if (edges) this.#edges!.frame(performance.now());
    const between = edges ? this.#edges!.links : [];
    const joined = [links, ...between];
    if (joined.length === this.#joined.length && joined.every((part, i) => part === this.#joined[i])) return;
    this.#joined = joined;
    const shape = this.#shape!;
    this.#canvas!.renderer.setShape({
      ...shape,
      links: Uint32Array.from([...(links ? shape.links : []), ...between]),
    });
    this.#drawAgain();
  }

  /** The plane has no edge: the view widens with the cloud, and never shows less than the unit circle. */
  #fit({ geometry }: State, { statistics }: Simulation): void {
    const radius = geometry === 'plane' ? (statistics?.radius ?? 1) : 1;
    this.#camera.radius = Number.isFinite(radius) ? Math.max(1, radius) : 1;
  }

  #drawAgain(): void {
    this.#drawn = [];
  }

  /** A canvas cannot change the kind of its context, so a new kind of renderer takes a new canvas. */
  #createCanvas(createRenderer: CreateRenderer): Canvas {
    const canvas = document.createElement('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute(
      'aria-label',
      'One point per embedding; points of one colour are positives of each other. Arrow keys turn the view, + and - zoom.',
    );
    const renderer = createRenderer(canvas);
    const letGo = attachOrbit(canvas, this.#camera, {
      pick: (x, y) => this.#pick(x, y),
      onSphere: () => this.#store.state.geometry === 'sphere',
      moved: (point, position) => (this.#held = { point, position }),
      released: () => {
        this.#held = undefined;
        this.#drawAgain();
      },
      viewed: () => this.#drawAgain(),
    });
    this.#container.prepend(canvas);
    const remove = () => {
      letGo();
      renderer.dispose();
      canvas.remove();
    };
    return { renderer, createRenderer, remove };
  }

  /** The point to be dragged; above 3 dimensions the picture is a projection, and its points cannot be moved; nor can those of an encoder. */
  async #pick(x: number, y: number): Promise<Picked | undefined> {
    const simulation = this.#simulation;
    if (!simulation || simulation.start.encoder || simulation.start.dimension > 3) return undefined;
    const array = await Promise.resolve(positionsOf(simulation)).catch(() => undefined);
    // The run may have ended, or another may have begun, while the points were read.
    if (!array || simulation !== this.#simulation) return undefined;
    const { clientWidth: width, clientHeight: height } = this.#container;
    const point = nearestPoint(array, this.#camera.viewProjection(), { width, height }, x, y, REACH);
    return point < 0 ? undefined : { point, position: array.slice(4 * point, 4 * point + 3) as vec3 };
  }

  /** The run goes on pulling at a point that is held, so it is put back every frame. */
  #place({ point, position: [x, y, z] }: Picked): void {
    this.#simulation!.place(point, x, y, z);
    this.#drawAgain();
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#container;
    this.#camera.resize(width, height);
    this.#canvas?.renderer.resize(width, height, devicePixelRatio);
    this.#drawAgain();
    // A canvas of a new size is black until it is drawn, and the next frame would be too late.
    this.draw();
  }
}
