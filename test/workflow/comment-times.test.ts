import { describe, expect, it } from 'vitest';
import { localTimeInComment, timeInComment } from '../../src/workflow/comment-times.ts';

describe('timeInComment', () => {
  it.each([
    ['every day at 3am', '3am'],
    ['3:30 PM on weekdays', '3:30 PM'],
    ['at 03:30 UTC', '03:30'],
    ['runs at midnight', 'midnight'],
    ['Noon, Mondays', 'Noon'],
    ['At 7 a.m.', '7 a.m.'],
  ])('of "%s" is "%s"', (comment, time) => {
    expect(timeInComment(comment)).toBe(time);
  });

  it.each([
    'nightly',
    'version 3.11',
    'every 15 minutes',
    'see #12:30',
    '1:2:3',
    'team',
    '25:00',
    'ratio 1:15:20',
  ])('is none in "%s"', (comment) => {
    expect(timeInComment(comment)).toBeUndefined();
  });
});

describe('localTimeInComment', () => {
  it.each([
    ['9am PST', 'PST', 'America/Los_Angeles'],
    ['03:00 CET', 'CET', 'Europe/Berlin'],
    ['8 AM Eastern time', 'Eastern time', 'America/New_York'],
  ])('of "%s" is %s', (comment, name, timezone) => {
    expect(localTimeInComment(comment)).toEqual({ name, timezone });
  });

  it.each([
    ['no time is named', 'the PST team'],
    ['UTC is named as well', '17:00 UTC, 9am PST'],
    ['summer and winter are both named', '9am PST, 10am PDT'],
    ['the name stands for several places', '9am CST'],
    ['it is a word of another sense', 'best 9am'],
  ])('is none where %s', (_, comment) => {
    expect(localTimeInComment(comment)).toBeUndefined();
  });
});
