import { GUI } from 'lil-gui';
import type { Controller } from 'lil-gui';
import { pairCount } from '../data/dataset.ts';
import type { Parameter, ParameterValue } from '../losses/loss.ts';
import type { LossKind } from '../losses/registry.ts';
import type { AnyField, NumberField } from '../values/fields.ts';
import { complaint } from './hash.ts';
import { LogSlider } from './log-slider.ts';
import { MemoryLine } from './memory-line.ts';
import { axesOf, batchPairsOf, datasetOf } from './run-settings.ts';
import {
  carriedOver,
  fieldOf,
  fields,
  liveFields,
  lossOf,
  parametersIn,
  parametersOf,
  withParameter,
} from './state.ts';
import type { FieldName, State } from './state.ts';
import type { PresentRun } from './notebook.ts';
import type { Store } from './store.ts';

/** lil-gui binds to a property of an object; this is one that reads and writes elsewhere. */
function binding<Value>(read: () => Value, write: (value: Value) => void) {
  return {
    get value() {
      return read();
    },
    set value(value: Value) {
      write(value);
    },
  };
}

/** A linear field of up to this many is a slider; larger ones, such as seeds, are typed. */
const LARGEST_OF_SLIDERS = 100;

/** Where the panel lies under the picture, as in page.css. There it begins folded, so that the picture comes first. */
const PHONE = '(width <= 760px)';

/** The controls: every field of the state, and the parameters of the present loss as its definition declares them. */
export function showPanel(container: HTMLElement, store: Store, run: PresentRun): void {
  const panel = new Panel(container, store, run);
  store.subscribe((state, previous) => panel.show(state, previous));
}

class Panel {
  readonly #store: Store;
  readonly #gui: GUI;
  readonly #lossFolder: GUI;
  readonly #classes: Controller;
  readonly #links: Controller;
  readonly #kernels: Controller;
  readonly #augmentation: GUI;
  /** What an encoder is made of. */
  readonly #encoder: Record<'inputs' | 'layers' | 'width' | 'activation', Controller>;
  /** What the batch comes to in points. */
  readonly #batchPoints = document.createElement('p');
  readonly #memory: MemoryLine;
  #parameterControllers: Controller[] = [];

  constructor(container: HTMLElement, store: Store, run: PresentRun) {
    this.#store = store;
    this.#memory = new MemoryLine(run);
    this.#gui = new GUI({ container, title: 'Controls' });

    this.#lossFolder = this.#gui.addFolder('Loss');
    this.#addLoss();
    this.#addParameters();

    const steps = this.#gui.addFolder('Steps');
    this.#addPairs(steps);
    this.#add(steps, 'optimizer');
    this.#add(steps, 'rate');
    this.#add(steps, 'speed');
    this.#add(steps, 'geometry');

    const data = this.#gui.addFolder('Data · starts a new run');
    this.#add(data, 'data');
    this.#add(data, 'points');
    this.#classes = this.#add(data, 'classes');
    this.#add(data, 'dimension').domElement.after(this.#memory.element);
    this.#add(data, 'seed');

    const model = this.#gui.addFolder('Model · starts a new run');
    this.#add(model, 'model');
    this.#encoder = {
      inputs: this.#add(model, 'inputs'),
      layers: this.#add(model, 'layers'),
      width: this.#add(model, 'width'),
      activation: this.#add(model, 'activation'),
    };

    this.#augmentation = this.#gui.addFolder('Augmentation');
    this.#add(this.#augmentation, 'noise');
    this.#addAxes(this.#augmentation);

    const view = this.#gui.addFolder('Engine and view');
    this.#add(view, 'engine');
    this.#kernels = this.#add(view, 'kernels');
    this.#links = this.#add(view, 'links');
    this.#add(view, 'edges');
    this.#add(view, 'theme');

    this.#showWhatApplies();
    showHelp(container);
    if (matchMedia(PHONE).matches) this.#gui.close();
    // Not before somebody is about to set something: points move first.
    for (const event of ['pointerover', 'focusin'] as const) {
      container.addEventListener(event, () => void this.#memory.show(store.state), { once: true });
    }
  }

  show(state: State, previous: State): void {
    if (state.loss !== previous.loss) this.#addParameters();
    void this.#memory.show(state);
    this.#showWhatApplies();
    for (const controller of this.#gui.controllersRecursive()) controller.updateDisplay();
  }

  #showWhatApplies(): void {
    const { state } = this.#store;
    const pairs = batchPairsOf(state);
    const all = pairs === pairCount(datasetOf(state)) ? ' (all)' : '';
    this.#batchPoints.textContent = `= ${(2 * pairs).toLocaleString('en')} points${all}`;
    const withClasses = state.data === 'classes';
    const withEncoder = state.model === 'encoder';
    const withHidden = withEncoder && state.layers > 0;
    // Its inputs lie in clusters, too, unless they lie on a ring.
    this.#classes.show(withClasses || (withEncoder && state.data === 'instances'));
    this.#encoder.inputs.show(withEncoder);
    this.#encoder.layers.show(withEncoder);
    this.#encoder.width.show(withHidden);
    this.#encoder.activation.show(withHidden);
    this.#augmentation.show(withEncoder);
    this.#kernels.show('gpu' in navigator && (state.engine === 'auto' || state.engine === 'webgpu'));
    // All points of a class are linked; those lines would be a thicket.
    this.#links.show(!withClasses);
  }

  #add(folder: GUI, name: FieldName): Controller {
    const field = fieldOf(name);
    const read = () => this.#store.state[name];
    const write = (value: string | number | boolean) => {
      const changed = { ...this.#store.state, [name]: value };
      const parameters = name === 'geometry' ? parametersIn(changed.geometry, changed) : changed.parameters;
      this.#store.set({ [name]: value, parameters });
    };
    return described(this.#controllerFor(folder, field, read, write), field.label, field.description);
  }

  #controllerFor(
    folder: GUI,
    field: AnyField,
    read: () => string | number | boolean,
    write: (value: string | number | boolean) => void,
  ): Controller {
    switch (field.type) {
      case 'boolean':
        return folder.add(binding(read, write), 'value');
      case 'choice':
        return folder.add(binding(read, write), 'value', byLabel(field.choices));
      case 'number':
        return this.#addNumber(folder, field, read as () => number, write);
    }
  }

  #addNumber(
    folder: GUI,
    field: NumberField,
    read: () => number,
    write: (value: number) => void,
  ): Controller {
    if (field.scale === 'logarithmic') {
      const accepts = (value: number) =>
        value >= field.minimum && value <= field.maximum && (!field.integer || Number.isInteger(value));
      return new LogSlider(folder, { scale: () => field, read, write, accepts });
    }
    if (field.maximum <= LARGEST_OF_SLIDERS) {
      const step = field.integer ? 1 : 0.01;
      return folder.add(binding(read, write), 'value', field.minimum, field.maximum, step);
    }
    const clamped = (value: number) => write(Math.min(Math.max(value, field.minimum), field.maximum));
    return folder.add(binding(read, clamped), 'value').step(field.integer ? 1 : 0.01);
  }

  #addLoss(): void {
    const { choices, label, description } = fields.loss;
    const store = this.#store;
    const write = (loss: LossKind) => {
      const parameters = carriedOver(store.state.parameters, loss);
      store.set({ loss, parameters: parametersIn(store.state.geometry, { loss, parameters }) });
    };
    const target = binding(() => store.state.loss, write);
    described(this.#lossFolder.add(target, 'value', byLabel(choices)), label, description);
  }

  /** The end of this slider is all the pairs there are. */
  #addPairs(folder: GUI): void {
    const { minimum, maximum, integer, label, description } = liveFields.pairs;
    const available = () => pairCount(datasetOf(this.#store.state));
    const slider = new LogSlider(folder, {
      scale: () => ({ minimum: Math.min(minimum, available()), maximum: available(), integer }),
      read: () => batchPairsOf(this.#store.state),
      write: (pairs) => this.#store.set({ pairs: pairs >= available() ? maximum : Math.max(pairs, minimum) }),
      accepts: (value) => Number.isInteger(value) && value >= minimum,
    });
    described(slider, label, description);
    this.#batchPoints.className = 'hint';
    slider.domElement.after(this.#batchPoints);
  }

  /** The end of this slider is all the inputs there are. */
  #addAxes(folder: GUI): void {
    const { minimum, maximum, integer, label, description } = liveFields.axes;
    const slider = new LogSlider(folder, {
      scale: () => ({ minimum, maximum: this.#store.state.inputs, integer }),
      read: () => axesOf(this.#store.state),
      write: (axes) => this.#store.set({ axes: axes >= this.#store.state.inputs ? maximum : axes }),
      accepts: (value) => Number.isInteger(value) && value >= minimum,
    });
    described(slider, label, description);
  }

  #addParameters(): void {
    for (const controller of this.#parameterControllers) controller.destroy();
    const { parameters } = lossOf(this.#store.state);
    // Whether anything repels is the first thing to know about a loss, so that switch comes first.
    const names = Object.keys(parameters).toSorted(
      (a, b) => Number(b === 'negatives') - Number(a === 'negatives'),
    );
    this.#parameterControllers = names.map((name) => this.#addParameter(name, parameters[name]));
  }

  #addParameter(name: string, parameter: Parameter): Controller {
    const store = this.#store;
    const read = () => parametersOf(store.state)[name];
    const write = (value: ParameterValue) =>
      store.set({ parameters: withParameter(store.state, name, value) });
    return described(
      this.#parameterController(name, parameter, read, write),
      words(name),
      parameter.description,
    );
  }

  #parameterController(
    name: string,
    parameter: Parameter,
    read: () => ParameterValue,
    write: (value: ParameterValue) => void,
  ): Controller {
    const folder = this.#lossFolder;
    if (parameter.type === 'choice') return folder.add(binding(read, write), 'value', [...parameter.choices]);
    if (parameter.type === 'boolean') return folder.add(binding(read, write), 'value');
    const { minimum, maximum, scale } = parameter;
    if (scale === 'linear') return folder.add(binding(read, write), 'value', minimum, maximum);
    return new LogSlider(folder, {
      scale: () => ({ minimum, maximum, integer: false }),
      read: read as () => number,
      write,
      accepts: (value) => complaint(this.#store.state.loss, name, value) === undefined,
    });
  }
}

function described(controller: Controller, label: string, description: string): Controller {
  controller.name(label);
  controller.domElement.title = description;
  return controller;
}

/** Under the controls, what the one that is touched or focused does; a tooltip that fingers and keys reach, too. */
function showHelp(container: HTMLElement): void {
  const help = document.createElement('p');
  help.className = 'help';
  help.textContent = 'Point at a control to read what it does.';
  container.append(help);
  const tell = ({ target }: Event) => {
    const controller = target instanceof Element && target.closest<HTMLElement>('.lil-controller');
    if (controller && controller.title) help.textContent = controller.title;
  };
  container.addEventListener('pointerover', tell);
  container.addEventListener('focusin', tell);
}

function byLabel(choices: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(choices).map(([value, label]) => [label, value]));
}

/** 'logitScale' as a person writes it: 'Logit scale'. */
function words(name: string): string {
  const spaced = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced[0].toUpperCase() + spaced.slice(1);
}
