import { describe, expect, it } from 'vitest';
import { timeInComment } from '../../src/workflow/comment-times.ts';

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
    'takes 2:00 hours',
    'within 2:00',
  ])('is none in "%s"', (comment) => {
    expect(timeInComment(comment)).toBeUndefined();
  });
});
