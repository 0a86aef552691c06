import type { Scene } from '../scenes/scene.ts';
import { formatSettings, parseSettings } from '../scenes/settings.ts';
import type { SettingFields, SettingsOf } from '../scenes/settings.ts';
import { acceptedBy, parseField } from '../values/fields.ts';
import { defaults, viewFields } from './state.ts';
import type { State } from './state.ts';

/** How the article is computed and looked at. */
export type ArticleView = Pick<State, 'engine' | 'theme'>;

/** The part of a link that opens the article; its value is the scene that is scrolled to. */
const MARK = 'learn';

export function isArticle(hash: string): boolean {
  return partsOf(hash).has(MARK);
}

/**
 * The link of the article, without '#': the scene touched last, then what differs from the defaults, each scene's
 * settings with its key before them.
 */
export function formatArticleHash(
  present: string,
  scenes: readonly { scene: Scene; settings: SettingsOf<SettingFields> }[],
  view: ArticleView,
): string {
  const parts = new URLSearchParams([[MARK, present]]);
  for (const { scene, settings } of scenes) {
    for (const [name, text] of formatSettings(scene.fields, settings))
      parts.set(`${scene.key}.${name}`, text);
  }
  for (const name of ['engine', 'theme'] as const) {
    if (view[name] !== defaults[name]) parts.set(name, view[name]);
  }
  // Commas and the mark alone are safe in a fragment, and easier to read.
  return parts
    .toString()
    .replaceAll('%2C', ',')
    .replace(/^learn=(?=&|$)/, MARK);
}

/** What an article's link says about how it is computed and looked at. */
export function parseArticleView(hash: string): { view: ArticleView; problems: string[] } {
  const { engine, theme } = defaults;
  const view: ArticleView = { engine, theme };
  const problems: string[] = [];
  const parts = partsOf(hash);
  for (const name of ['engine', 'theme'] as const) {
    const text = parts.get(name);
    if (text === null) continue;
    const value = parseField(viewFields[name], text);
    if (value === undefined)
      problems.push(`The link says ${name}=${text}: expected ${acceptedBy(viewFields[name])}.`);
    else Object.assign(view, { [name]: value });
  }
  return { view, problems };
}

/** What an article's link says: the scene to scroll to, and the settings of each; wrong parts get a sentence each. */
export function parseArticleHash(
  hash: string,
  scenes: readonly Scene[],
): { present: string; settings: SettingsOf<SettingFields>[]; problems: string[] } {
  const parts = partsOf(hash);
  const { problems } = parseArticleView(hash);
  const present = parts.get(MARK) ?? '';
  if (present !== '' && !scenes.some(({ key }) => key === present)) {
    problems.push(`The link opens the scene “${present}”, which does not exist.`);
  }
  const settings = scenes.map(({ key, fields }) => {
    const own = [...parts].filter(([name]) => name.startsWith(`${key}.`));
    const parsed = parseSettings(
      fields,
      new Map(own.map(([name, text]) => [name.slice(key.length + 1), text])),
    );
    problems.push(...parsed.problems);
    return parsed.settings;
  });
  return { present, settings, problems };
}

function partsOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ''));
}
