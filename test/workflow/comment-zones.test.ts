import { describe, expect, it } from 'vitest';
import { localTimeInComment } from '../../src/workflow/comment-zones.ts';

describe('localTimeInComment', () => {
  it.each([
    ['9am PST', 'PST', 'America/Los_Angeles'],
    ['03:00 CET', 'CET', 'Europe/Berlin'],
    ['8 AM Eastern time', 'Eastern time', 'America/New_York'],
    ['9am PT', 'PT', 'America/Los_Angeles'],
    ['9am PDT', 'PDT', 'America/Los_Angeles'],
    ['9am ET', 'ET', 'America/New_York'],
    ['9am CDT', 'CDT', 'America/Chicago'],
    ['9am AKST', 'AKST', 'America/Anchorage'],
    ['9am NZST', 'NZST', 'Pacific/Auckland'],
    ['9am London time', 'London time', 'Europe/London'],
    ['03:00 (Europe/Paris)', 'Europe/Paris', 'Europe/Paris'],
  ])('of "%s" is %s', (comment, name, timezone) => {
    expect(localTimeInComment(comment)).toEqual({ name, timezone });
  });

  it.each([
    ['no time is named', 'the PST team'],
    ['UTC is named as well', '17:00 UTC, 9am PST'],
    ['summer and winter are both named', '9am PST, 10am PDT'],
    ['the name stands for several places', '9am CST'],
    ['the clocks of several places may be meant', '9am IST'],
    ['its clocks never change', '9am JST'],
    ['nobody can know whose time it is', '9am local time'],
    ['it is a word of another sense', 'best 9am'],
  ])('is none where %s', (_, comment) => {
    expect(localTimeInComment(comment)).toBeUndefined();
  });
});
