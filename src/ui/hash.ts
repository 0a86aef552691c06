import type { Parameter, ParameterValue, ParameterValues } from '../losses/loss.ts';
import { resolveLoss } from '../losses/registry.ts';
import type { LossKind, LossSpec } from '../losses/registry.ts';
import { acceptedBy, parseBoolean, parseField, parseNumber } from '../values/fields.ts';
import { findPreset, presets, presetState } from './presets.ts';
import { fieldNames, fieldOf, lossOf, parametersOf, withParameter } from './state.ts';
import type { State } from './state.ts';

/** The link of a state, without '#': its preset, then what differs from that preset. Empty for the very first state. */
export function formatHash(state: State): string {
  const base = presetState(findPreset(state.preset)!);
  const parts = new URLSearchParams();
  if (state.preset !== presets[0].key) parts.set('preset', state.preset);
  for (const name of fieldNames) {
    if (state[name] !== base[name]) parts.set(name, String(state[name]));
  }
  const values = parametersOf(state);
  const baseValues = parametersOf({ loss: state.loss, parameters: baseParameters(base, state.loss) });
  for (const [name, value] of Object.entries(values)) {
    if (value !== baseValues[name]) parts.set(name, String(value));
  }
  return parts.toString();
}

/** A preset's parameters count only for the loss that the preset chose. */
function baseParameters(base: State, loss: LossKind): ParameterValues {
  return loss === base.loss ? base.parameters : {};
}

/** The state that a link stands for; what it says wrongly is left at the preset's value, with a sentence each. */
export function parseHash(hash: string): { state: State; problems: string[] } {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const problems: string[] = [];

  const presetKey = parts.get('preset');
  const preset = presetKey === null ? presets[0] : findPreset(presetKey);
  if (!preset) {
    problems.push(
      `The link asks for the preset “${presetKey}”, which does not exist; this is ${presets[0].name}.`,
    );
  }
  const state = presetState(preset ?? presets[0]);
  parts.delete('preset');

  for (const name of fieldNames) {
    const text = parts.get(name);
    if (text === null) continue;
    parts.delete(name);
    const value = parseField(fieldOf(name), text);
    if (value === undefined) {
      problems.push(refusal(name, text, `expected ${acceptedBy(fieldOf(name))}`, state[name]));
    } else {
      Object.assign(state, { [name]: value });
    }
  }

  state.parameters = { ...baseParameters(presetState(preset ?? presets[0]), state.loss) };
  for (const [name, text] of parts) {
    const { name: lossName, parameters } = lossOf(state);
    if (!Object.hasOwn(parameters, name)) {
      problems.push(`The link sets “${name}”, which ${lossName} does not have; it was ignored.`);
      continue;
    }
    const parameter = parameters[name];
    const value = parseParameter(parameter, text);
    const expected = complaint(state.loss, name, value);
    if (expected) problems.push(refusal(name, text, expected, parametersOf(state)[name]));
    else state.parameters = withParameter(state, name, value);
  }
  return { state, problems };
}

function refusal(name: string, text: string, expected: string, kept: ParameterValue): string {
  return `The link says ${name}=${text}: ${expected}; it stays at ${kept}.`;
}

/** What a loss has against a value of one of its parameters, if anything. */
export function complaint(kind: LossKind, name: string, value: ParameterValue): string | undefined {
  let expected: string | undefined;
  try {
    resolveLoss({ kind, [name]: value } as LossSpec, (_argument, sentence) => {
      expected = sentence;
      throw new Error(sentence);
    });
  } catch (error) {
    if (expected === undefined) throw error;
  }
  return expected;
}

/** The text itself where it is not of the parameter's type, for the loss to complain about. */
function parseParameter(parameter: Parameter, text: string): ParameterValue {
  switch (parameter.type) {
    case 'boolean':
      return parseBoolean(text) ?? text;
    case 'choice':
      return text;
    case 'number':
      return parseNumber(text) ?? text;
  }
}
