import { describe, expect, test } from 'vitest';
import type { FormField, Json } from '../client/types';
import {
  choicesOf,
  controlOf,
  entryOf,
  fieldAtFault,
  isRunnable,
  read,
  shownDefault,
  unsavedOf,
  usualOutput,
  valuesOf,
  wordsOf
} from './run_form';

type Schema = FormField['schema'];

const field = (schema: Schema, more: Partial<FormField> = {}): FormField => ({
  name: 'n',
  type: 'int',
  schema,
  default: null,
  is_required: false,
  about: '',
  is_secret: false,
  ...more
});
const INT: Schema = { type: 'integer' };
const FLOAT: Schema = { type: 'number' };
const STR: Schema = { type: 'string' };
const NONE: Schema = { type: 'null' };
const typed = (schema: Schema, text: string, more: Partial<FormField> = {}): unknown => {
  const found = read(field(schema, more), { text, word: '' });
  return found.kind === 'value' ? found.value : found.kind === 'wrong' ? `wrong: ${found.why}` : 'default';
};

test.each<[Schema, Json, string]>([
  [INT, 2, 'integer'],
  [{ anyOf: [NONE, INT] }, null, 'integer'],
  [FLOAT, 0.5, 'number'],
  [STR, 'EU', 'text'],
  [{ type: 'string', minLength: 1 }, 'a.csv', 'text'],
  [{ type: 'string', format: 'date' }, null, 'date'],
  [{ type: 'string', pattern: '^x' }, null, 'moment'],
  [{ type: 'boolean' }, false, 'check'],
  [{ type: 'boolean' }, null, 'choice'],
  [{ anyOf: [NONE, { type: 'boolean' }] }, true, 'choice'],
  [{ enum: ['small', 'large'] }, 'small', 'choice'],
  [{ type: 'array', items: INT }, [1], 'json'],
  [{ anyOf: [INT, STR] }, 1, 'json'],
  [{}, null, 'json']
])('%j with the default %j is given by a control: %s', (schema, value, control) => {
  expect(controlOf(field(schema, { default: value }))).toBe(control);
});

test.each<[Schema, string, unknown]>([
  [INT, ' 4 ', 4],
  [INT, '1_000', 1000],
  [INT, '-3', -3],
  [INT, '4.0', 'wrong: not-of-type'],
  [INT, 'four', 'wrong: not-of-type'],
  [INT, '9007199254740993', 'wrong: too-large'],
  [FLOAT, '.5', 0.5],
  [FLOAT, '1e3', 1000],
  [FLOAT, '1e400', 'wrong: too-large'],
  [FLOAT, 'nan', 'wrong: not-of-type'],
  [STR, '4', '4'],
  [STR, ' ', ' '],
  [STR, '', 'default'],
  [{ type: 'string', format: 'date' }, '2024-02-29', '2024-02-29'],
  [{ type: 'string', format: 'date' }, '2024-02-30', 'wrong: no-date'],
  [{ type: 'string', pattern: 'x' }, '2024-03-01T12:00', '2024-03-01T12:00'],
  [{ type: 'string', pattern: 'x' }, '2024-03-01 noon', 'wrong: no-moment'],
  [{ enum: ['small', 2] }, '1', 2],
  [{ enum: ['small', 2] }, '7', 'wrong: not-of-type'],
  [{ type: 'array' }, '[1, "2"]', [1, '2']],
  [{ type: 'array' }, '[1, 2', 'wrong: no-json'],
  [{}, '"4.0 and 99999999999999999999"', '4.0 and 99999999999999999999'],
  [{}, '4.0', 'wrong: not-exact'],
  [{}, '[12345678901234567890]', 'wrong: too-large']
])('of %j, %j stands for %j', (schema, text, value) => {
  expect(typed(schema, text)).toEqual(value);
});

test('what is needed and not there is missing; of all else the default holds', () => {
  expect(typed(INT, '', { is_required: true })).toBe('wrong: missing');
  expect(typed(INT, '')).toBe('default');
});

test('a box that is as the default has it says nothing', () => {
  const flag = field({ type: 'boolean' }, { default: true });

  expect(read(flag, entryOf({}, flag))).toEqual({ kind: 'default' });
  expect(read(flag, { text: 'false', word: '' })).toEqual({ kind: 'value', value: false });
});

describe('what no text can say', () => {
  test('has words: a text without characters, and None', () => {
    expect(wordsOf(field(STR, { default: 'EU' }))).toEqual(['empty']);
    expect(wordsOf(field(STR, { default: '' }))).toEqual([]);
    expect(wordsOf(field({ type: 'string', minLength: 1 }, { default: 'a' }))).toEqual([]);
    expect(wordsOf(field({ anyOf: [NONE, INT] }, { default: 4 }))).toEqual(['none']);
    expect(wordsOf(field({ anyOf: [NONE, INT] }, { default: null }))).toEqual([]);
  });

  test('is what those words stand for, whatever was typed before', () => {
    expect(read(field(STR), { text: 'EU', word: 'empty' })).toEqual({ kind: 'value', value: '' });
    expect(read(field({ anyOf: [NONE, INT] }), { text: '', word: 'none' })).toEqual({ kind: 'value', value: null });
  });
});

test('a choice offers its values, and a truth both of its own', () => {
  expect(choicesOf(field({ enum: [1, 'a', null] }))).toEqual([1, 'a', null]);
  expect(choicesOf(field({ type: 'boolean' }))).toEqual([true, false]);
});

test('only what differs from the defaults is sent, and nothing while something is wrong', () => {
  const fields = [field(INT), field(STR, { name: 's' }), field({ type: 'boolean' }, { name: 'b', default: false })];

  expect(valuesOf(fields, { n: { text: '4', word: '' } })).toEqual({ n: 4 });
  expect(valuesOf(fields, {})).toEqual({});
  expect(valuesOf(fields, { n: { text: 'x', word: '' } })).toBeNull();
});

test('a default is shown as it would be typed, and a secret one never', () => {
  expect(shownDefault(field(STR, { default: 'EU' }))).toBe('EU');
  expect(shownDefault(field({}, { default: [1, 'a'] }))).toBe('[1,"a"]');
  expect(shownDefault(field(STR, { default: 'x', is_secret: true }))).toBe('');
});

test('a refusal belongs to the field that it names', () => {
  const fields = [field(INT), field(STR, { name: 'day' })];
  const problem = (message: string, code = 'NB304') => ({ code, message, hint: null, findings: [] });

  expect(fieldAtFault(problem("n='x' (given) is no int; n is declared as int"), fields)).toBe('n');
  expect(fieldAtFault(problem('no value for day, other'), fields)).toBe('day');
  expect(fieldAtFault(problem('pair has no parameter m'), fields)).toBeNull();
  expect(fieldAtFault(problem('n=1', 'NB001'), fields)).toBeNull();
});

test('executed notebooks go beside what is run, whatever braces its folder has', () => {
  expect(usualOutput('a/b.ipynb', true)).toBe('a/runs/b-{run}.ipynb');
  expect(usualOutput('b.ipynb', true)).toBe('runs/b-{run}.ipynb');
  expect(usualOutput('a{x}/pipeline.yaml', false)).toBe('a{{x}}/runs/{run}');
});

test('notebooks and files called pipeline can be run', () => {
  expect(['a/b.ipynb', 'pipeline.yaml', 'a/pipeline.yml'].every(isRunnable)).toBe(true);
  expect(['a/b.py', 'other.yaml', 'a/my-pipeline.yaml.txt', 'mypipeline.yaml'].some(isRunnable)).toBe(false);
});

test('a run of a notebook reads that file; one of a pipeline may read all beside it', () => {
  const unsaved = ['a/b.ipynb', 'a/c/d.py', 'e.ipynb'];

  expect(unsavedOf('a/b.ipynb', unsaved)).toEqual(['a/b.ipynb']);
  expect(unsavedOf('a/pipeline.yaml', unsaved)).toEqual(['a/b.ipynb', 'a/c/d.py']);
  expect(unsavedOf('pipeline.yaml', unsaved)).toEqual(unsaved);
});
