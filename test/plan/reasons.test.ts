import { expect, it } from 'vitest';
import { keepReason, unreachableSentence } from '../../src/plan/reasons.ts';

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

it.each([
  [-0.021, "Today's time is the best: the best of 44 other times would raise its cost by 2 %."],
  [-0.004, "Today's time is as good as any: the best of 44 other times would cost as much."],
  [0.004, "Today's time is as good as any: the best of 44 other times would cost as much."],
  [0.02, "Today's time is as good as any: the best of 44 other times would save 2 % of its cost."],
])('tells no difference that is shown as none: %s', (gain, sentence) => {
  expect(keepReason(44, gain, false)).toBe(sentence);
});
