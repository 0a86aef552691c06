import type { Statistics } from './simulation/settings.ts';
import type { Article } from './ui/article.ts';
import type { Charts } from './ui/charts.ts';
import { Diagnosis } from './ui/diagnosis.ts';
import { showExperiments, toggled } from './ui/experiments.ts';
import { formatHash } from './ui/hash.ts';
import { History } from './ui/history.ts';
import { showLegend } from './ui/legend.ts';
import { keepLink, linkedState, linkOf } from './ui/link.ts';
import { Messages } from './ui/messages.ts';
import { sentence } from './ui/open-simulation.ts';
import { showNotebook } from './ui/notebook.ts';
import { showPanel } from './ui/panel.ts';
import { showPresets } from './ui/preset-bar.ts';
import { presetState } from './ui/presets.ts';
import { measuredOn } from './ui/run-settings.ts';
import { Run } from './ui/run.ts';
import { Stage } from './ui/stage.ts';
import { startsNewRun } from './ui/state.ts';
import type { State } from './ui/state.ts';
import { Status } from './ui/status.ts';
import { Store } from './ui/store.ts';
import { applyTheme, onSystemThemeChange } from './ui/theme.ts';
import { Transport } from './ui/transport.ts';
import { Views } from './ui/views.ts';

/** A frame that comes later than this was not drawn in time; the run does not try to catch up. */
const LONGEST_FRAME_MS = 100;
/** Charts are for reading, and read well at this pace. */
const CHART_INTERVAL_MS = 100;

const element = (id: string) => document.getElementById(id)!;

const { state: linked, problems } = linkedState();
const store = new Store(linked);
applyTheme(linked.theme);

const messages = new Messages(element('messages'));
const stage = new Stage(element('stage'), store);
const status = new Status(element('status'), (why) => messages.showInPassing('engine', why));
/** They come once points move: before, there is nothing to draw. */
let charts: Charts | undefined;

/** Who asked the system for less motion starts it by hand. */
let playing = !matchMedia('(prefers-reduced-motion: reduce)').matches;
/** A run that could not go on stopped, not the person: the next one plays. */
let interrupted = false;
let history = new History();
let diagnosis = new Diagnosis();

const showProblems = (sentences: string[]) => {
  if (sentences.length > 0) messages.show('link', sentences.join(' '));
  else messages.clear('link');
};
showProblems(problems);
keepLink(store, showProblems);

const run = new Run(store, {
  onSimulation(simulation, createRenderer, fresh) {
    if (fresh) {
      history = new History();
      diagnosis = new Diagnosis();
      charts?.begin(history);
      messages.clear('diagnosis');
    }
    messages.clear('broken');
    if (interrupted) setPlaying(true);
    status.describe(simulation.description);
    stage.show(simulation, createRenderer);
    document.getElementById('waiting')?.remove();
  },
  onNotice(about, notice) {
    if (about === 'engine') status.note(notice?.sentence);
    // What is noticed now is news, whatever was said before.
    messages.clear(about);
    if (notice?.isPassing) messages.showInPassing(about, notice.sentence);
    else if (notice) messages.show(about, notice.sentence);
  },
  onBroken(reason) {
    interrupt();
    messages.show('broken', reason);
  },
});

const transport = new Transport(element('transport'), {
  playPause: () => setPlaying(!playing),
  step() {
    setPlaying(false);
    run.simulation?.advance(1);
  },
  reset: () => run.restart(),
  newSeed: () => store.set({ seed: crypto.getRandomValues(new Uint32Array(1))[0] % 100_000 }),
  async copyLink() {
    try {
      await navigator.clipboard.writeText(linkOf(store.state));
      return 'Copied';
    } catch {
      return 'See the address bar';
    }
  },
  isOpen: () => views.present === 'playground',
});

function setPlaying(play: boolean): void {
  playing = play;
  interrupted = false;
  if (play) messages.clear('motion');
  transport.showPlaying(play);
}

/** Takes a state over and begins a run with it, whether it needs a new one or not. */
function beginWith(state: State): void {
  const before = store.state;
  store.set(state);
  if (!startsNewRun(before, state)) run.restart();
}

function interrupt(): void {
  const wanted = playing || interrupted;
  setPlaying(false);
  interrupted = wanted;
}

showPresets(element('presets'), element('watch'), store, (preset) => {
  beginWith(presetState(preset, store.state));
});
showExperiments(element('experiments'), store, (experiment) => {
  const next = toggled(store.state, experiment);
  if (!experiment.fromStart) {
    store.set(next);
    return;
  }
  beginWith(next);
  messages.showInPassing('experiment', 'The run begins again from the same start.');
});
showLegend(element('legend'), store);
showPanel(element('panel'), store, run);
showNotebook(element('notebook'), store, run);
setPlaying(playing);
if (!playing)
  messages.show('motion', 'Your system asks for less motion: nothing moves until you press Play.');

store.subscribe((state, previous) => {
  if (state.theme !== previous.theme) {
    applyTheme(state.theme);
    charts?.recolour();
  }
  if (measuredOn(state) !== measuredOn(previous)) charts?.forget();
  charts?.showReferences(state);
});
onSystemThemeChange(() => charts?.recolour());

async function showCharts(): Promise<void> {
  const loaded = await import('./ui/charts.ts');
  charts = new loaded.Charts(element('charts'));
  charts.begin(history);
  charts.showReferences(store.state);
}

let lastFrame = performance.now();
let chartsDrawn = 0;
/** Whether the curves have grown since they were drawn. */
let curvesGrew = false;
let lastRead: Statistics | undefined;
/** Marked once, in the browser's own timeline: when a person first saw points move. */
let moved = false;

function frame(now: number): void {
  requestAnimationFrame(frame);
  const elapsed = Math.min(Math.max(now - lastFrame, 0), LONGEST_FRAME_MS);
  lastFrame = now;
  const { simulation } = run;
  if (!simulation || views.present !== 'playground') return;
  stage.draw();
  if (!moved && simulation.stepsTaken > 0) {
    moved = true;
    performance.mark('points move');
    showCharts().catch((error: unknown) =>
      messages.show('charts', `The curves did not load: ${sentence(error)}`),
    );
  }
  if (run.moving) return;
  if (playing && !run.held && !run.isFollowed) simulation.advance((store.state.speed * elapsed) / 1000);
  run.frame(now);
  status.frame(now, simulation.stepsTaken, playing && !run.held);

  const { statistics } = simulation;
  if (statistics && statistics !== lastRead) {
    lastRead = statistics;
    if (history.push(statistics)) curvesGrew = true;
    const found = diagnosis.read(store.state, statistics);
    if (found?.broken) interrupt();
    if (found) messages.show('diagnosis', found.sentence);
    else messages.clear('diagnosis');
  }
  if (curvesGrew && now - chartsDrawn > CHART_INTERVAL_MS) {
    chartsDrawn = now;
    curvesGrew = false;
    charts?.draw();
  }
}

let article: Article | undefined;
let opening: Promise<void> | undefined;
let begun = false;

async function openArticle(): Promise<void> {
  const container = element('learn');
  try {
    const { Article } = await import('./ui/article.ts');
    container.replaceChildren();
    article = new Article(container, store);
  } catch (error) {
    // Opened again, it is tried again.
    opening = undefined;
    container.textContent = `The article did not load: ${sentence(error)}`;
  }
}

/** Cloud and article are each made when they are first opened. */
const views = new Views(element('views'), {
  links: { playground: () => formatHash(store.state), learn: () => article?.hash ?? 'learn' },
  onOpen(view) {
    if (view === 'learn') {
      opening ??= openArticle();
    } else if (!begun) {
      begun = true;
      run.restart();
    }
  },
});

requestAnimationFrame(frame);
