import { describe, expect, it } from 'vitest';
import { findOperation } from '../../src/operations/table.ts';

const where = {} as never;
const RUN = { workflow: 'a.yml', startTime: '2026-05-04T02:10:00Z', duration: 1, success: true };

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
    ['predict', { workflow: '' }, '`workflow` has to be text of at least 1 character.'],
    ['record', { ...RUN, resourceUsage: { cpu: 'much' } }, '`resource-usage.cpu` has to be a number.'],
    ['record', { ...RUN, resourceUsage: { 'a b': 1 } }, '`resource-usage.a b`: This name cannot be used.'],
    ['record', { ...RUN, duration: -1 }, '`duration` has to be at least 0.'],
  ])('is named by its flag, in a sentence: %s %j', async (name, input, sentence) => {
    const answer = findOperation(name)?.answer(input, where);
    await expect(answer).rejects.toMatchObject({ code: 'command-invalid' });
    await expect(answer).rejects.toThrow(sentence);
    await expect(answer).rejects.not.toThrow(/✖|→|received/);
  });
});
