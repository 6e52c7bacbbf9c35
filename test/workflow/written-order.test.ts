import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { orderInComment, orderInHeadComment } from '../../src/workflow/written-order.ts';

describe('an order that a comment names', () => {
  it.each([
    ['2 h after the tests', '2 h after the tests'],
    ['every day, before 17:00', 'every day, before 17:00'],
    ['earliest slot that works', 'earliest slot that works'],
    ['offset from nightly.yml', 'offset from nightly.yml'],
    ['Daily. Runs an hour after the build. UTC', 'Runs an hour after the build'],
    ['30 minutes before release', '30 minutes before release'],
    ['must be done by 7am', 'must be done by 7am'],
    ['once the nightly has finished', 'once the nightly has finished'],
    ['no later than 06:00', 'no later than 06:00'],
    ['just after midnight', 'just after midnight'],
    ['waits for the docs', 'waits for the docs'],
    ['same time as e2e', 'same time as e2e'],
    ['eine Stunde nach dem Build', 'eine Stunde nach dem Build'],
    ['30 min après le build', '30 min après le build'],
  ])('is found in "%s"', (comment, words) => {
    expect(orderInComment(comment)).toBe(words);
  });

  it.each([
    'every day at 3am',
    'nightly',
    'Runs at 03:00 UTC to avoid the rush at the top of the hour',
    '17 minutes past the hour',
    'offset from the top of the hour',
    'once a day',
    'after all, it is cheap',
    'weekly, on Sundays',
    'until further notice',
    'the day after tomorrow',
  ])('is none in "%s"', (comment) => {
    expect(orderInComment(comment)).toBeUndefined();
  });

  it('is found farther off only where it can mean nothing else', () => {
    expect(orderInHeadComment('This runs two hours after the nightly build.')).toBeDefined();
    expect(orderInHeadComment('Read the guide before you change this file.')).toBeUndefined();
  });

  it('is that of the entry, of all entries, or of the head of the file', () => {
    const order = (text: string) => readWorkflowFile('a.yml', text).schedules.map((one) => one.writtenOrder);
    expect(
      order("on:\n  schedule:\n    - cron: '0 3 * * *' # after the tests\n    - cron: '0 4 * * *'\n"),
    ).toEqual(['after the tests', undefined]);
    expect(order("on:\n  # after the tests\n  schedule:\n    - cron: '0 3 * * *'\n")).toEqual([
      'after the tests',
    ]);
    expect(
      order("# It starts 1 h after the tests.\nname: x\non:\n  schedule:\n    - cron: '0 3 * * *'\n"),
    ).toEqual(['It starts 1 h after the tests']);
  });
});
