import type { ThemeChoice } from './state.ts';

export type Theme = 'light' | 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

export function themeOf(choice: ThemeChoice): Theme {
  if (choice !== 'auto') return choice;
  return systemIsDark.matches ? 'dark' : 'light';
}

/** By an attribute that the style sheet answers to: a build may turn light-dark() into rules that see no inline style. */
export function applyTheme(choice: ThemeChoice): void {
  document.documentElement.dataset.theme = choice;
}

export function onSystemThemeChange(listener: () => void): void {
  systemIsDark.addEventListener('change', listener);
}

/** The present colour behind one of the style sheet's names, for what is drawn on a canvas. */
export function colourOf(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
