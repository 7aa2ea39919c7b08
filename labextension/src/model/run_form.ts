// How is a run asked for? Which control each parameter has, and which value stands for what is typed there.

import type { FormField, Json, Problem } from '../client/types';

/** How a parameter is given. `json`: whatever has no control of its own is written as JSON. */
export type Control = 'check' | 'choice' | 'integer' | 'number' | 'text' | 'date' | 'moment' | 'json';

/** What is in a field: a text, or one of the words for what a text cannot say. */
export interface Entry {
  readonly text: string;
  /** '' says nothing of its own: what is typed counts, and where nothing is, the default. */
  readonly word: '' | 'empty' | 'none';
}

export type Entries = Readonly<Record<string, Entry>>;

/** Either a value, nothing at all (the default holds), or why what is typed is none. */
export type Reading =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'default' }
  | { readonly kind: 'wrong'; readonly why: Wrong; readonly type: string };

/** What is not right; views say it in the language of who reads it. */
export type Wrong = 'missing' | 'not-of-type' | 'no-date' | 'no-moment' | 'no-json' | 'too-large' | 'not-exact';

type Schema = { readonly [key: string]: Json };

const WHOLE = /^[-+]?\d+(_\d+)*$/;
const NUMBER = /^[-+]?(\.\d+|\d+(_\d+)*(\.\d*)?)([eE][-+]?\d+)?$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT =
  /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{3}(\d{3})?)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const NOTHING: Entry = { text: '', word: '' };

/** The schema of a field's values without None, and whether None is one of them. */
export function withoutNone(schema: Schema): { readonly schema: Schema; readonly allowsNone: boolean } {
  const types = schema.anyOf;
  if (!Array.isArray(types)) {
    return { schema, allowsNone: false };
  }
  const others = types.filter(one => !isNone(one));
  if (others.length === types.length) {
    return { schema, allowsNone: false };
  }
  return { schema: others.length === 1 ? (others[0] as Schema) : { anyOf: others }, allowsNone: true };
}

/** How a parameter is given. */
export function controlOf(field: FormField): Control {
  const { schema, allowsNone } = withoutNone(field.schema);
  if (Array.isArray(schema.enum)) {
    return 'choice';
  }
  switch (schema.type) {
    case 'boolean':
      // A box has two states: a third one, for a default that is not known, needs a choice.
      return typeof field.default === 'boolean' && !allowsNone && !field.is_secret ? 'check' : 'choice';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'string':
      return schema.format === 'date' ? 'date' : schema.pattern !== undefined ? 'moment' : 'text';
    default:
      return 'json';
  }
}

/** The values that a choice offers. */
export function choicesOf(field: FormField): readonly Json[] {
  const { schema } = withoutNone(field.schema);
  return Array.isArray(schema.enum) ? schema.enum : [true, false];
}

/** Whether the field needs a way to say None, or to say a text without characters. */
export function wordsOf(field: FormField): readonly ('empty' | 'none')[] {
  const { schema, allowsNone } = withoutNone(field.schema);
  const isPlainText = controlOf(field) === 'text' && schema.minLength === undefined;
  return [
    ...(isPlainText && (field.is_required || field.default !== '') ? (['empty'] as const) : []),
    ...(allowsNone && (field.default !== null || field.is_required) ? (['none'] as const) : [])
  ];
}

/** What is in a field. */
export function entryOf(entries: Entries, field: FormField): Entry {
  return entries[field.name] ?? (controlOf(field) === 'check' ? { text: String(field.default), word: '' } : NOTHING);
}

/** What an entry stands for. What this lets pass, the server may still refuse: it has the last word. */
export function read(field: FormField, entry: Entry): Reading {
  if (entry.word !== '') {
    return { kind: 'value', value: entry.word === 'none' ? null : '' };
  }
  const wrong = (why: Wrong): Reading => ({ kind: 'wrong', why, type: field.type });
  // Blanks are a text like any other.
  const control = controlOf(field);
  const text = control === 'text' ? entry.text : entry.text.trim();
  if (text === '') {
    return field.is_required ? wrong('missing') : { kind: 'default' };
  }
  switch (control) {
    case 'check':
      return text === String(field.default) ? { kind: 'default' } : { kind: 'value', value: text === 'true' };
    case 'choice': {
      const value = choicesOf(field)[Number(text)];
      return value === undefined ? wrong('not-of-type') : { kind: 'value', value };
    }
    case 'integer':
      return WHOLE.test(text) ? number(text, wrong) : wrong('not-of-type');
    case 'number':
      return NUMBER.test(text) ? number(text, wrong, true) : wrong('not-of-type');
    case 'date':
      return isDate(text) ? { kind: 'value', value: text } : wrong('no-date');
    case 'moment':
      return MOMENT.test(text) && isDate(text.slice(0, 10)) ? { kind: 'value', value: text } : wrong('no-moment');
    case 'json':
      return json(text, wrong);
    case 'text':
      return { kind: 'value', value: text };
  }
}

/** The values to send: those that are not the defaults. null while something is not right. */
export function valuesOf(fields: readonly FormField[], entries: Entries): Record<string, Json> | null {
  const values: Record<string, Json> = {};
  for (const field of fields) {
    const found = read(field, entryOf(entries, field));
    if (found.kind === 'wrong') {
      return null;
    }
    if (found.kind === 'value') {
      values[field.name] = found.value;
    }
  }
  return values;
}

/** How a default is shown in an empty field; '' where there is nothing to show. */
export function shownDefault(field: FormField): string {
  const { default: value } = field;
  if (value === null || field.is_secret) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * Where the server's refusal belongs: the name of a field, or null for the form as a whole.
 *
 * It says `name=value (…) is no int`, or `no value for name, other`.
 */
export function fieldAtFault(problem: Problem, fields: readonly FormField[]): string | null {
  if (problem.code !== 'NB304') {
    return null;
  }
  const named = /^no value for ([^,]+)/.exec(problem.message)?.[1] ?? problem.message.split('=', 1)[0];
  return fields.some(field => field.name === named) ? named : null;
}

/** Where executed notebooks would go: beside what is run, so that they can be opened. Braces stand for themselves. */
export function usualOutput(path: string, isNotebook: boolean): string {
  const parts = path.replace(/[{}]/g, '$&$&').split('/');
  const file = parts.pop() ?? '';
  const folder = [...parts, 'runs'].join('/');
  return isNotebook ? `${folder}/${file.replace(/\.[^.]*$/, '')}-{run}.ipynb` : `${folder}/{run}`;
}

/** Whether a file can be run, as its name has it. */
export function isRunnable(path: string): boolean {
  return path.endsWith('.ipynb') || /(^|\/)pipeline\.ya?ml$/.test(path);
}

/** Of files with unsaved edits, those that a run of this one reads: itself, or all that lies beside a pipeline. */
export function unsavedOf(path: string, unsaved: readonly string[]): string[] {
  if (path.endsWith('.ipynb')) {
    return unsaved.filter(one => one === path);
  }
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return unsaved.filter(one => one.startsWith(folder));
}

function number(text: string, wrong: (why: Wrong) => Reading, isFloat = false): Reading {
  const value = Number(text.replace(/_/g, ''));
  // A page's numbers hold 53 bits: a longer one would arrive as another one.
  const isHeld = isFloat ? Number.isFinite(value) : Number.isSafeInteger(value);
  return isHeld ? { kind: 'value', value } : wrong('too-large');
}

function json(text: string, wrong: (why: Wrong) => Reading): Reading {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return wrong('no-json');
  }
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, '""').match(/-?\d[\d.eE+-]*/g) ?? [];
  if (numbers.some(one => !Number.isFinite(Number(one)) || (/^-?\d+$/.test(one) && !Number.isSafeInteger(Number(one))))) {
    return wrong('too-large');
  }
  // 4.0 would arrive as 4, which Python takes for another kind of number.
  return numbers.some(one => /[.eE]/.test(one) && Number.isInteger(Number(one))) ? wrong('not-exact') : { kind: 'value', value };
}

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return DATE.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function isNone(schema: Json): boolean {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema) && schema.type === 'null';
}
