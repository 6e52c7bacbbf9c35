import { describe, expect, it } from 'vitest';
import { findOperation } from '../../src/operations/table.ts';

const where = {} as never;

describe('input that does not fit', () => {
  it.each([
    [
      'record',
      {},
      '`workflow` is missing. `start-time` is missing. `duration` is missing. `success` is missing.',
    ],
    [
      'record',
      { workflow: 'a.yml', startTime: 'x', duration: 'long', success: true },
      '`duration` has to be a number.',
    ],
    ['predict', { at: 'noon' }, '`at`: Write a time of the day in UTC as HH:MM, for example 05:17.'],
    ['history', { perPage: 100_000 }, '`per-page` has to be at most'],
    ['report', { nonsense: 1 }, 'There is no `nonsense`.'],
  ])('is named by its flag, in a sentence: %s %j', async (name, input, sentence) => {
    const answer = findOperation(name)?.answer(input, where);
    await expect(answer).rejects.toMatchObject({ code: 'command-invalid' });
    await expect(answer).rejects.toThrow(sentence);
    await expect(answer).rejects.not.toThrow(/✖|→|received/);
  });
});
