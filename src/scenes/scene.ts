import type { Engine } from '../engine/engine.ts';
import type { Observable } from '../values/observable.ts';
import type { SettingFields, SettingsOf } from './settings.ts';

/** A short text beside one living picture that the reader changes by hand. */
export interface Scene<Fields extends SettingFields = SettingFields> {
  /** Its name in links. */
  key: string;
  /** The insight, in one line. */
  heading: string;
  /** At most three sentences. */
  text: string;
  /** A run of the playground that shows the same with many points: what its link says. */
  cloud: Readonly<Record<string, string>>;
  /** What the reader sets, and a link keeps. */
  fields: Fields;
  /** Builds the picture and what belongs to it; called once, when the reader comes near. */
  show(frame: Frame<Fields>): void;
}

/** What a scene is given to live in. */
export interface Frame<Fields extends SettingFields = SettingFields> {
  /** Where the picture goes, and beside it what is set and what is read. */
  picture: HTMLElement;
  controls: HTMLElement;
  readings: HTMLElement;
  settings: Observable<SettingsOf<Fields>>;
  /**
   * Lets the present engine work. When a device fails the CPU takes over and does the work again, so work must not
   * depend on what an earlier try did.
   * @throws InputError for input that no engine takes.
   */
  compute<Result>(work: (engine: Engine) => Promise<Result>): Promise<Result>;
  /** Tells the reader that something could not be computed, and why. */
  failed(error: unknown): void;
  /** Says a sentence to those who listen to the page, once the hand rests. */
  say(sentence: string): void;
}

/** A scene among others: whoever keeps them all gives each the settings of its own fields, and nobody else's. */
export function defineScene<Fields extends SettingFields>(scene: Scene<Fields>): Scene {
  return scene as unknown as Scene;
}
