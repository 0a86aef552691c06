import { acceptedBy, parseField, parseNumber } from '../values/fields.ts';
import type { AnyField, FieldValue } from '../values/fields.ts';

/** Several numbers as one setting, where the points of a picture stand, say. In a link: with commas between. */
export interface NumbersField {
  type: 'numbers';
  default: readonly number[];
  minimum: number;
  maximum: number;
  label: string;
}

export type SettingField = AnyField | NumbersField;
export type SettingFields = Record<string, SettingField>;
export type SettingsOf<Fields extends SettingFields> = {
  [Name in keyof Fields]: Fields[Name] extends NumbersField ? readonly number[] : FieldValue<Fields[Name]>;
};

/** Decimals of numbers in a link: finer than a finger. */
const DECIMALS = 3;

export function defaultsOf<Fields extends SettingFields>(fields: Fields): SettingsOf<Fields> {
  const entries = Object.entries(fields).map(([name, field]) => [name, field.default]);
  return Object.fromEntries(entries) as SettingsOf<Fields>;
}

/** The settings that a link's parts stand for; what they say wrongly stays at the default, with a sentence each. */
export function parseSettings<Fields extends SettingFields>(
  fields: Fields,
  parts: ReadonlyMap<string, string>,
): { settings: SettingsOf<Fields>; problems: string[] } {
  const settings = defaultsOf(fields);
  const problems: string[] = [];
  for (const [name, text] of parts) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const value = field && (field.type === 'numbers' ? parseNumbers(field, text) : parseField(field, text));
    if (!field) problems.push(`The link sets “${name}”, which this scene does not have; it was ignored.`);
    else if (value === undefined) problems.push(`The link says ${name}=${text}: expected ${wanted(field)}.`);
    else Object.assign(settings, { [name]: value });
  }
  return { settings, problems };
}

/** What differs from the defaults, as parts of a link. */
export function formatSettings<Fields extends SettingFields>(
  fields: Fields,
  settings: SettingsOf<Fields>,
): [name: string, text: string][] {
  const defaults = defaultsOf(fields);
  return Object.keys(fields)
    .map((name): [string, string] => [name, format(settings[name])])
    .filter(([name, text]) => text !== format(defaults[name]));
}

function format(value: string | number | boolean | readonly number[]): string {
  if (typeof value !== 'object') return String(value);
  return value.map((number) => String(Number(number.toFixed(DECIMALS)))).join(',');
}

function parseNumbers(field: NumbersField, text: string): number[] | undefined {
  const numbers = text.split(',').map(parseNumber);
  const fits = (number: number | undefined) =>
    number !== undefined && number >= field.minimum && number <= field.maximum;
  if (numbers.length !== field.default.length || !numbers.every(fits)) return undefined;
  return numbers as number[];
}

function wanted(field: SettingField): string {
  if (field.type !== 'numbers') return acceptedBy(field);
  const { default: numbers, minimum, maximum } = field;
  return `${numbers.length} numbers from ${minimum} to ${maximum}, with commas between`;
}
