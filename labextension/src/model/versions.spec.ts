import { expect, test } from 'vitest';
import { versionProblem } from './versions';

test('the halves belong together when their versions are the same', () => {
  expect(versionProblem('1.2.0', '1.2.0')).toBeNull();
  expect(versionProblem('1.2.0', '1.10.0')).toBe('differs');
  expect(versionProblem('1.2.0', null)).toBe('missing');
});
