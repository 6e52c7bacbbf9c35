import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { parseCron } from '../../../src/cron/parse.ts';
import { DEFAULT_GENES } from '../../../src/genes/genes.ts';
import { emptyPopulation } from '../../../src/strategy/population.ts';
import { learnHistory } from '../../../src/usecases/learning/learn-history.ts';
import { decide } from '../../../src/usecases/planning/decide.ts';
import { planInput } from '../../../src/usecases/planning/plan-input.ts';
import { readWorkflowFiles } from '../../../src/workflow/read-repository.ts';

const NOW = Date.UTC(2026, 8, 7);
const PATH = '.github/workflows/report.yml';

function file(cron: string, run: string, timezone = '', comment = '') {
  const zone = timezone === '' ? '' : `      timezone: ${timezone}\n`;
  return {
    path: PATH,
    text: `on:\n  schedule:\n    - cron: '${cron}'${comment}\n${zone}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ${run}\n`,
  };
}

function planned(sources: readonly { path: string; text: string }[], config = '') {
  const input = planInput({
    files: readWorkflowFiles(sources),
    config: parseConfig(config),
    ...learnHistory([], { entries: [] }),
    proposals: [],
    genes: DEFAULT_GENES,
    now: NOW,
  });
  const [schedule] = input.schedules;
  if (schedule === undefined) throw new Error('There is no schedule.');
  const minutes = schedule.candidates.map(({ cron }) => parseCron(cron).dayMinutes[0] ?? 0);
  return { schedule, latest: Math.max(...minutes), earliest: Math.min(...minutes) };
}

describe('a workflow that stamps a date', () => {
  const stamps = 'echo "$(date +%F)"';

  it.each([
    ['in a command', [file('0 21 * * *', stamps)]],
    [
      'in a script that it runs',
      [
        file('0 21 * * *', 'bash tools/stamp.sh'),
        { path: 'tools/stamp.sh', text: 'x=$(date -u +%Y-%m-%d)\n' },
      ],
    ],
    ['by branching on the hour', [file('0 21 * * *', '\'[ "$(date +%H)" = 21 ] && make\'')]],
    [
      'in Python',
      [file('0 21 * * *', 'python a.py'), { path: 'a.py', text: 'print(datetime.now().strftime("%d"))' }],
    ],
  ])('%s stays so far from midnight that its usual lateness does not cross it', (_, sources) => {
    const { schedule, latest } = planned(sources);
    const without = planned([file('0 21 * * *', 'make')]);
    expect(without.latest).toBeGreaterThan(23 * 60 + 30);
    const { q95, q75 } = schedule.forecast.lateness[23]?.minutes ?? { q95: 0, q75: 0 };
    expect(q75).toBeGreaterThan(0);
    expect(latest).toBeLessThan(1440 - q75);
    expect(latest).toBeGreaterThan(1440 - q95 - 120);
    // A length of time is no date.
    expect(planned([file('0 21 * * *', 'echo $(date +%s)')]).latest).toBe(without.latest);
  });

  it('keeps its date in UTC too, which is what the runner shows', () => {
    const { schedule } = planned([file('30 2 * * *', stamps, 'Europe/Berlin')]);
    const hours = schedule.candidates.map(({ cron }) => parseCron(cron).hours[0] ?? 0);
    // 02:30 in Berlin is 00:30 or 01:30 UTC: an hour earlier is the day before in summer.
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(2);
  });

  it('may go anywhere where the configuration says that the date does not matter', () => {
    const sources = [file('0 21 * * *', stamps)];
    expect(planned(sources, 'allow-day-change: true').latest).toBeGreaterThan(23 * 60 + 30);
  });

  it('is left alone with the line where every other time would change its date', () => {
    const { schedule } = planned([file('40 23 * * *', stamps)], 'window: "23:41-23:59"');
    expect(schedule.candidates).toEqual([]);
    expect(schedule.refusal?.sentence).toMatch(/report\.yml:8\).*allow-day-change/);
  });
});

describe('a workflow that tests the hour', () => {
  it.each([
    ['in a command', [file('23 6 * * *', '\'[ "$(TZ=America/New_York date +%H)" = 02 ] && make\'')]],
    ['by waiting for a time', [file('23 6 * * *', "sleep $(( $(date -d '09:00' +%s) - $(date +%s) ))")]],
    [
      'in JavaScript',
      [
        file('23 6 * * *', 'node a.mjs'),
        { path: 'a.mjs', text: 'if (new Date().getUTCHours() === 6) run();' },
      ],
    ],
    [
      'in Python',
      [file('23 6 * * *', 'python a.py'), { path: 'a.py', text: 'if datetime.now(tz).hour != 2: exit()' }],
    ],
  ])('%s moves within its hour only', (_, sources) => {
    const { latest, earliest } = planned(sources);
    expect(latest).toBeGreaterThan(6 * 60 + 50);
    expect(latest).toBeLessThan(7 * 60);
    expect(earliest).toBeGreaterThanOrEqual(6 * 60);
  });

  it.each([
    ['a date with the hour', 'echo $(date +%Y%m%d-%H)'],
    ['a line of a log', 'echo "$(date +%H:%M:%S) begins"'],
    ['a date in JavaScript', 'node -e "const d = new Date(); d.getFullYear() + d.getHours()"'],
  ])('is none that stamps: %s', (_, run) => {
    expect(planned([file('23 6 * * *', `'${run}'`)]).latest).toBeGreaterThan(7 * 60);
  });

  it('is left alone where no other minute of the hour is left, and free where that does not matter', () => {
    const sources = [file('23 6 * * *', '\'[ "$(date +%-H)" = 6 ]\'')];
    const { schedule } = planned(sources, 'window: "07:00-08:00"');
    expect(schedule.refusal).toMatchObject({ code: 'near-midnight' });
    expect(schedule.refusal?.sentence).toContain('report.yml:8');
    expect(planned(sources, 'allow-day-change: true').latest).toBeGreaterThan(7 * 60);
  });
});

describe('a comment that names an order', () => {
  const sources = [file('0 3 * * *', 'make', '', ' # 2 h after the tests')];

  it('leaves the schedule alone, with the words quoted', () => {
    const { schedule } = planned(sources);
    expect(schedule.refusal).toMatchObject({ code: 'written-order' });
    expect(schedule.refusal?.sentence).toContain('"2 h after the tests"');
    const decision = decide({
      sources,
      config: parseConfig(''),
      ...learnHistory([], { entries: [] }),
      proposals: [],
      population: emptyPopulation(NOW),
      trigger: 'cli',
      decisionsBefore: 0,
      now: NOW,
    });
    expect(decision.schedules[0]).toMatchObject({ outcome: 'refused' });
  });

  it.each([
    ['`after` in the configuration', sources, 'workflows: { report.yml: { after: [tests.yml] } }'],
    ['a window of its own', sources, 'workflows: { report.yml: { window: "01:00-05:00" } }'],
    ['a directive', [file('0 3 * * *', 'make', '', ' # after the tests # offbeat: window=01:00-05:00')], ''],
  ])('is bound by %s', (_, files, config) => {
    expect(planned(files, config).schedule.refusal).toBeNull();
  });
});
