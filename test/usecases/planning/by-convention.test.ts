import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { parseCron } from '../../../src/cron/parse.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import { learnHistory } from '../../../src/usecases/learning/learn-history.ts';
import { decideByConvention } from '../../../src/usecases/planning/by-convention.ts';

const NOW = Date.UTC(2026, 8, 7);

function planned(crons: readonly string[], config = '') {
  return decideByConvention({
    sources: crons.map((cron, at) => ({
      path: `.github/workflows/w${at}.yml`,
      text: `on:\n  schedule:\n    - cron: ${cron.includes('#') ? cron : `'${cron}'`}\n`,
    })),
    config: parseConfig(config),
    ...learnHistory([], { entries: [] }),
    proposals: [],
    population: emptyPopulation(NOW),
    trigger: 'cli',
    decisionsBefore: 0,
    now: NOW,
  });
}

describe('a plan without history', () => {
  it('leads schedules off the crowded minutes, apart, within their hour', () => {
    const { schedules, notes } = planned([
      '0 2 * * *',
      '0 2 * * *',
      '30 2 * * 1',
      '*/15 * * * *',
      '17 4 * * *',
    ]);
    expect(schedules.map(({ outcome }) => outcome)).toEqual(['move', 'move', 'move', 'move', 'keep']);
    for (const { to, cron } of schedules) {
      const moved = parseCron(to);
      expect(moved.hours).toEqual(parseCron(cron).hours);
      expect(moved.minutes.some((minute) => minute === 0 || minute === 30)).toBe(false);
    }
    const starts = schedules.flatMap(({ to }) => {
      const { minutes, hours } = parseCron(to);
      return hours.includes(2) ? minutes : [];
    });
    expect(new Set(starts).size).toBe(starts.length);
    expect(notes?.join(' ')).toMatch(/no history.*own jobs.*hardly depends on the minute/);
  });

  it('tells no figures that nobody has seen', () => {
    const [row] = planned(['0 2 * * *']).schedules;
    expect(row).toMatchObject({ today: null, proposed: null, confidence: 0, benefit: 0 });
    expect(row).not.toHaveProperty('explanation');
  });

  it('parts schedules at the same quiet minute', () => {
    const { schedules } = planned(['17 2 * * *', '17 2 * * *']);
    expect(schedules.map(({ outcome }) => outcome)).toEqual(['move', 'keep']);
  });

  it('does not always take the same minute', () => {
    const { schedules } = planned(Array.from({ length: 8 }, (_, at) => `0 ${at} * * *`));
    expect(new Set(schedules.map(({ to }) => parseCron(to).minutes[0])).size).toBeGreaterThan(3);
  });

  it('keeps to rules, pins and written orders', () => {
    const { schedules } = planned(
      ['0 2 * * *', "'0 2 * * *' # offbeat: pin", "'0 3 * * *' # after the tests"],
      'window: "02:05-02:10"',
    );
    expect(schedules.map(({ outcome }) => outcome)).toEqual(['move', 'refused', 'refused']);
    expect(parseCron(schedules[0]?.to ?? '').minutes[0]).toBeLessThan(10);
  });

  it('says why nothing changes', () => {
    expect(planned(['17 2 * * *']).notes?.[0]).toMatch(/^No cron to move: no schedule/);
    const { notes } = planned(["'0 2 * * *' # offbeat: window=01:55-02:01"]);
    expect(notes?.[0]).toMatch(/^No cron to move: no schedule on a crowded minute can go to a free/);
  });
});
