import { expect, it } from 'vitest';
import { unreachableSentence } from '../../src/plan/reasons.ts';

it.each([
  [0.897, null],
  [0.94, null],
  [0.893, expect.stringContaining('at the best one 89 % would')],
])(
  'says that no time keeps finish-by when the best share, %s, is shown as less than 90 %%',
  (share, sentence) => {
    expect(unreachableSentence(7 * 60, share)).toEqual(sentence);
  },
);
