import { describe, expect, test } from 'vitest';
import { asName, stepOf, withoutStep, withStep } from './steps';

describe('the step that tags say', () => {
  test.each([
    ['no tags', [], null],
    ['other tags', ['keep', 'parameters', 'steps:x', 'mystep:x'], null],
    ['a step', ['keep', 'step:load'], { name: 'load', problem: null }],
    ['the other word for it', ['block:load'], { name: 'load', problem: null }],
    ['spaces around the name', ['step: load '], { name: 'load', problem: null }],
    ['a name that is none in Python', ['step:Load it!'], { name: 'Load it!', problem: null }],
    ['a colon in the name', ['step:a:b'], { name: 'a:b', problem: null }],
    ['a line end in the name', ['step:a\nb'], { name: 'a\nb', problem: null }],
    ['nothing after the colon', ['step:'], { name: '', problem: 'no-name' }],
    ['only spaces after the colon', ['step:  '], { name: '', problem: 'no-name' }],
    ['no letter in the name', ['step:???'], { name: '???', problem: 'no-letters' }],
    ['letters that no ASCII stands for', ['step:数据'], { name: '数据', problem: 'no-letters' }],
    ['several: the first counts', ['step:a', 'step:b'], { name: 'a', problem: 'several' }],
    ['several: the first with a name counts', ['step:', 'block:b'], { name: 'b', problem: 'several' }]
  ])('%s', (_, tags, step) => {
    expect(stepOf(tags)).toEqual(step);
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'step:load'],
    ['an object', { 0: 'step:load' }],
    ['a list of others', [1, null, { step: 'load' }]]
  ])('%s says none', (_, tags) => {
    expect(stepOf(tags)).toBeNull();
  });
});

describe('tags with a step', () => {
  test('a first one comes last', () => {
    expect(withStep(['keep'], 'load')).toEqual(['keep', 'step:load']);
    expect(withStep(undefined, 'load')).toEqual(['step:load']);
  });

  test('a new name stands where the old one was, and is the only one', () => {
    const tags = ['first', 'block:old', 'prev:x', 'step:other', 'last'];

    expect(withStep(tags, 'new')).toEqual(['first', 'step:new', 'prev:x', 'last']);
  });

  test('a cleared one leaves all that is no step', () => {
    expect(withoutStep(['a', 'step:x', 'step:', 'block:y', 'test:x', 1])).toEqual(['a', 'test:x', 1]);
  });

  test('the tags given are not changed', () => {
    const tags = ['step:x', 'a'];
    withStep(tags, 'y');
    withoutStep(tags);

    expect(tags).toEqual(['step:x', 'a']);
  });

  test('what is written is read', () => {
    for (const tags of [[], ['a'], ['step:x'], ['step:x', 'block:y'], ['step:']]) {
      expect(stepOf(withStep(tags, 'load'))).toEqual({ name: 'load', problem: null });
      expect(stepOf(withoutStep(tags))).toBeNull();
    }
  });
});

describe('the name that words make', () => {
  test.each([
    ['load', 'load'],
    ['Clean the data', 'clean_the_data'],
    ['  Größe – café  ', 'groe_cafe'],
    ['load-and_clean.2', 'load_and_clean_2'],
    ['__init__', 'init'],
    ['2 load', 'step_2_load'],
    ['ﬁle', 'file'],
    ['x'.repeat(80), 'x'.repeat(60)],
    ['???', ''],
    ['数据', ''],
    ['', '']
  ])('%j makes %j', (typed, name) => {
    expect(asName(typed)).toBe(name);
    expect(asName(name)).toBe(name);
  });
});
