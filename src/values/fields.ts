/** Kinds of things that a person can set. Text is what the panel shows; the key in the state is also the key in the link. */

interface Field<Value> {
  default: Value;
  label: string;
  description: string;
}

export interface NumberField extends Field<number> {
  type: 'number';
  minimum: number;
  maximum: number;
  scale: 'linear' | 'logarithmic';
  integer: boolean;
}

export interface ChoiceField<Choice extends string = string> extends Field<Choice> {
  type: 'choice';
  /** Choice to what the panel calls it. */
  choices: Readonly<Record<Choice, string>>;
}

export interface BooleanField extends Field<boolean> {
  type: 'boolean';
}

export type AnyField = NumberField | ChoiceField | BooleanField;

export type FieldValue<F> = F extends NumberField ? number : F extends ChoiceField<infer C> ? C : boolean;

/** The value that `text` from a link stands for, or undefined when the field does not take it. */
export function parseField(field: AnyField, text: string): string | number | boolean | undefined {
  switch (field.type) {
    case 'boolean':
      return parseBoolean(text);
    case 'choice':
      return Object.hasOwn(field.choices, text) ? text : undefined;
    case 'number': {
      const value = parseNumber(text);
      if (value === undefined || value < field.minimum || value > field.maximum) return undefined;
      return field.integer && !Number.isInteger(value) ? undefined : value;
    }
  }
}

/** What a field takes, as the end of a sentence. */
export function acceptedBy(field: AnyField): string {
  switch (field.type) {
    case 'boolean':
      return 'true or false';
    case 'choice':
      return `one of ${Object.keys(field.choices).join(', ')}`;
    case 'number':
      return `${field.integer ? 'a whole number' : 'a number'} from ${field.minimum.toLocaleString('en')} to ${field.maximum.toLocaleString('en')}`;
  }
}

export function parseBoolean(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

export function parseNumber(text: string): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
