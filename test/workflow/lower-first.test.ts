import { expect, it } from 'vitest';
import { lowerFirst } from '../../src/workflow/lower-first.ts';

it.each([
  ['The minute is missing', 'the minute is missing'],
  ['GitHub takes no seconds', 'GitHub takes no seconds'],
  ['YAML ends here', 'YAML ends here'],
])('"%s" goes on after a colon as "%s"', (sentence, after) => {
  expect(lowerFirst(sentence)).toBe(after);
});
