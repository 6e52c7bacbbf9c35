import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeCron, zoneInWords } from '../../src/cron/words.ts';
import { sampledRuns } from '../sampled.ts';
import { anyCron } from './arbitrary.ts';

describe('describeCron', () => {
  it.each([
    ['17 2 * * *', 'about 02:17 every day, UTC'],
    ['0 9,17 * * *', 'about 09:00 and 17:00 every day, UTC'],
    ['0 9 * * 1-5', 'about 09:00, Monday to Friday, UTC'],
    ['0 9 * * 0,6', 'about 09:00 every Saturday and Sunday, UTC'],
    ['0 9 * * 5,6,0', 'about 09:00, Friday to Sunday, UTC'],
    ['0 9 * * MON', 'about 09:00 every Monday, UTC'],
    ['0 0 1,15 * *', 'about 00:00 on the 1st and 15th of every month, UTC'],
    ['0 0 22,23 2 *', 'about 00:00 on the 22nd and 23rd of February, UTC'],
    ['0 0 11-13 * *', 'about 00:00 on the 11th to 13th of every month, UTC'],
    ['0 0 */2 * *', 'about 00:00 on the 1st and every 2nd day after it up to the 31st of every month, UTC'],
    ['0 0 * 6-8 1', 'about 00:00 every Monday in June to August, UTC'],
    ['*/15 * * * *', 'every 15 minutes, UTC'],
    ['7-59/15 * * * *', 'every 15 minutes from minute 7, UTC'],
    ['*/7 * * * *', 'every 7 minutes (but 4 from :56 to :00), UTC'],
    ['5/7 * * * *', 'every 7 minutes from minute 5 (but 11 from :54 to :05), UTC'],
    ['* * * * *', 'every minute, UTC'],
    ['0 * * * *', 'every hour on the hour, UTC'],
    ['23 * * * 1-5', 'every hour at minute 23, Monday to Friday, UTC'],
    ['5,20 * * * *', 'every hour at minutes 5 and 20, UTC'],
    ['23 1-23/6 * * *', 'every 6 hours from 01:23, UTC'],
    ['0 */5 * * *', 'every 5 hours from 00:00 to 20:00 every day, UTC'],
    ['0 9-17 * * *', 'every hour from 09:00 to 17:00 every day, UTC'],
    ['*/15 9-17 * * 1-5', 'every 15 minutes from 09:00 to 17:45, Monday to Friday, UTC'],
    // Either day field lets it run.
    [
      '0 9 */14 * 2',
      'about 09:00 on the 1st, 15th and 29th of every month, and also every Tuesday (or only where both hold: GitHub does not say), UTC',
    ],
    ['0 0 13 * 5', 'about 00:00 on the 13th of every month, and also every Friday, UTC'],
    ['0 0 1-31 * 5', 'about 00:00 every day, UTC'],
    ['0 0 30 2 *', 'never, because no such date exists'],
  ])('of %s is "%s"', (cron, expected) => {
    expect(describeCron(cron, 'UTC')).toBe(expected);
  });

  it.each([
    ['UTC', 'UTC'],
    ['Etc/UTC', 'UTC'],
    ['Europe/Berlin', 'Berlin time'],
    ['europe/berlin', 'Berlin time'],
    ['america/new_york', 'New York time'],
    ['America/New_York', 'New York time'],
    ['America/Argentina/Buenos_Aires', 'Buenos Aires time'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
    ['CET', 'CET'],
  ])('calls %s "%s"', (timezone, expected) => {
    expect(zoneInWords(timezone)).toBe(expected);
  });

  it('has words for every cron', () => {
    fc.assert(
      fc.property(anyCron, (cron) => {
        expect(describeCron(cron, 'Europe/Berlin')).toMatch(/^(?:about|at|every|never|minutes?)\b.*[^,\s]$/);
        expect(describeCron(cron, 'Europe/Berlin')).not.toMatch(/undefined|NaN| {2}/);
      }),
      sampledRuns(5_000, 500),
    );
  });

  it('refuses what is no cron', () => {
    expect(() => describeCron('@daily', 'UTC')).toThrow('GitHub does not know "@daily"');
  });
});
