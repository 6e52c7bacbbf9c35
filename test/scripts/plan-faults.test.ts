import { describe, expect, it } from 'vitest';
import {
  changesDay,
  newCrowds,
  oldTimesLeft,
  orderBeside,
  orderElsewhere,
  type Planned,
} from '../../scripts/plan-faults.ts';

const NOW = Date.UTC(2026, 8, 7, 9);
const planned = (from: string, to: string, more: Partial<Planned> = {}): Planned => ({
  path: 'a.yml',
  timezone: 'UTC',
  from,
  to,
  line: 4,
  ...more,
});

describe('what people would mind of a plan', () => {
  it.each([
    ['30 0 * * *', '45 23 * * *', 'UTC', true],
    ['0 1 * * 1', '0 23 * * 0', 'UTC', true],
    ['0 0,12 * * *', '10 1,13 * * *', 'UTC', false],
    ['0 0 1 * *', '30 3 1 * *', 'UTC', false],
    ['0 22 * * 1-5', '30 1 * * 2-6', 'Europe/Berlin', true],
  ])('tells whether %s → %s in %s changes the day', (from, to, timezone, changes) => {
    expect(changesDay(planned(from, to, { timezone }), NOW)).toBe(changes);
  });

  it('finds minutes that three schedules come to', () => {
    const [one, other] = [planned('0 2 * * *', '5 3 * * *'), planned('0 4 * * *', '5 3 * * *')];
    expect(newCrowds([one, other], NOW)).toEqual([]);
    expect(newCrowds([one, other, planned('5 3 * * *', '5 3 * * *')], NOW)).toContain(
      '2026-09-08T03:05:00.000Z',
    );
  });

  it.each([
    ['# every day at 3am', true],
    ['# 03:00 UTC', true],
    ['# 3:00 PM', false],
    ['# 13:00', false],
    ['# at 3:47am', false],
  ])('finds the old time in "%s": %s', (comment, found) => {
    const text = `on:\n  schedule:\n    ${comment}\n    - cron: '47 3 * * *'\n`;
    expect(oldTimesLeft(text, planned('0 3 * * *', '47 3 * * *')).length > 0).toBe(found);
  });

  it('reads words of order broadly', () => {
    const text = "on:\n  schedule:\n    # once the wheels are there\n    - cron: '0 3 * * *'\n";
    expect(orderBeside(text, { line: 4 })).toBe('once the wheels are there');
    expect(orderBeside(text.replace('once', 'when'), { line: 4 })).toBeUndefined();
    const wheels = { path: '.github/workflows/publish.yml', text, line: 4 };
    expect(orderElsewhere('.github/workflows/wheels.yml', [wheels])).toBe('once the wheels are there');
    expect(orderElsewhere('.github/workflows/heels.yml', [wheels])).toBeUndefined();
    expect(orderElsewhere('.github/workflows/publish.yml', [wheels])).toBeUndefined();
  });
});
