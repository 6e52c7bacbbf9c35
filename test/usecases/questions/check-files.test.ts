import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { CheckReport } from '../../../src/render/check-view.ts';
import { checkFiles } from '../../../src/usecases/questions/check-files.ts';

const NOW = Date.UTC(2026, 10, 21, 3, 17);

function entries(...lines: readonly string[]): string {
  return `on:\n  schedule:\n${lines.map((line) => `    - ${line}\n`).join('')}`;
}

/** One file a text: `a.yml`, `b.yml` and so on. */
function checked(texts: readonly string[], configText = '') {
  const sources = texts.map((text, index) => ({
    path: `.github/workflows/${String.fromCharCode(97 + index)}.yml`,
    text,
  }));
  const report = checkFiles({ sources, config: parseConfig(configText), configText, now: NOW });
  expect(CheckReport.safeParse(report).error).toBeUndefined();
  return report;
}

const rules = (...texts: readonly string[]) => checked(texts).findings.map(({ rule }) => rule);

describe('a file with a schedule that has no entry', () => {
  it('is found', () => {
    expect(rules('on:\n  schedule:\njobs: {}\n')).toEqual(['invalid']);
    expect(checked(['on: schedule\n']).summary).toMatchObject({ schedules: 0, findings: 1 });
  });
});

describe('a schedule that GitHub does not run', () => {
  it.each([
    ['an unknown key', entries("cron: '0 12 * * *'\n      zone: UTC")],
    ['a timezone beside the list', `${entries("cron: '0 12 * * *'")}  timezone: UTC\n`],
    ['a key twice', `${entries("cron: '0 12 * * *'\n      cron: '0 13 * * *'")}`],
  ])('has no ticks, and crowds with nobody: %s', (_, text) => {
    const { schedules, crowds } = checked([text, entries("cron: '0 12 * * *'")]);
    expect(schedules[0]).toMatchObject({ words: '', nextTicks: [], movable: false, shape: 'invalid' });
    expect(crowds).toEqual([]);
  });
});

describe('the workflow that runs Offbeat', () => {
  const own = `${entries("cron: '7 3 * * *'")}jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: acme/offbeat@v1\n`;

  it('counts as none that could be on time, and may be moved where all others are on time', () => {
    const { onTime, findings, schedules } = checked(
      [own, entries("cron: '7 12 * * *'")],
      'mode: suggest\non-time: punctual\n',
    );
    expect(onTime.map(({ path }) => path)).toEqual(['.github/workflows/b.yml']);
    expect(findings).toEqual([]);
    expect(schedules).toMatchObject([{ movable: true }, { movable: false, reason: { code: 'on-time' } }]);
  });
});

describe('what stands outside the schedules', () => {
  it('is found where it does not do what it says', () => {
    const jobs = 'jobs:\n  a:\n    needs: b\n    steps: [] # offbeat: pin\n';
    const { findings } = checked([`${entries("cron: '17 3 * * *'")}${jobs}`]);
    expect(findings).toMatchObject([
      { rule: 'stray-pin', level: 'note', line: 7, column: 17 },
      { rule: 'invalid-needs', level: 'error', line: 6, message: expect.stringContaining('"a" needs "b"') },
    ]);
  });

  it('is not on time with inputs that GitHub refuses by their type', () => {
    const text = `${entries("cron: '17 3 * * *'")}  workflow_dispatch:\n    inputs:\n      dry: { type: boolean }\njobs: {}\n`;
    const config = 'workflows:\n  a.yml:\n    on-time: punctual\n    on-time-inputs: { dry: maybe }\n';
    expect(checked([text], config).findings).toContainEqual(
      expect.objectContaining({
        rule: 'on-time-blocked',
        message: expect.stringContaining('it is a boolean'),
      }),
    );
  });
});

describe('a schedule', () => {
  it('has what the contract says', () => {
    const { schedules } = checked([entries("cron: '0 2 * * *'\n      timezone: Europe/Berlin")]);
    expect(schedules).toEqual([
      {
        path: '.github/workflows/a.yml',
        index: 0,
        line: 3,
        column: 13,
        cron: '0 2 * * *',
        timezone: 'Europe/Berlin',
        words: 'about 02:00 every day, Berlin time',
        movable: true,
        ticksPerWeek: 7,
        shape: 'daily',
        nextTicks: ['2026-11-22T01:00:00.000Z', '2026-11-23T01:00:00.000Z', '2026-11-24T01:00:00.000Z'],
        nextTicksLocal: [
          '2026-11-22T02:00:00+01:00',
          '2026-11-23T02:00:00+01:00',
          '2026-11-24T02:00:00+01:00',
        ],
      },
    ]);
  });

  it.each([
    ["cron: '0 12 * * *' # offbeat: pin", 'pinned'],
    ["cron: '0 12 * * *' # offbeat: punctual", 'on-time'],
    ["cron: '0 12 * * *' # offbeat: window=01:00-05:00", 'no-candidate'],
    ["cron: '0 12 1 * 1'", 'both-day-fields'],
    ["cron: '0 25 * * *'", 'invalid-cron'],
    ["cron: '0 12 * * *'\n      timezone: Mars/Olympus", 'invalid-timezone'],
    ["cron: '0 12 30 2 *'", 'never-fires'],
    ['cron: &noon 0 12 * * *', 'alias-or-anchor'],
  ])('is not movable for a reason: %s', (line, code) => {
    const [schedule] = checked([entries(line)]).schedules;
    expect(schedule).toMatchObject({ movable: false, reason: { code } });
    expect(schedule?.reason?.sentence).toMatch(/^Line \d+, column \d+: /);
  });

  it('may be pinned by the configuration', () => {
    const [schedule] = checked(
      [entries("cron: '0 12 * * *'")],
      'workflows: { a.yml: { pin: true } }',
    ).schedules;
    expect(schedule).toMatchObject({ movable: false, reason: { code: 'pinned' } });
  });

  it('is not moved where the workflow is started at its minute', () => {
    const reasonOf = (config: string) =>
      checked([entries("cron: '0 12 * * *'")], config).schedules[0]?.reason?.code;
    expect(reasonOf('on-time: punctual')).toBe('on-time');
    expect(reasonOf('on-time: rescue')).toBeUndefined();
  });

  it('is told what to write where only `max-shift` keeps it out of its window', () => {
    const { schedules } = checked([entries("cron: '0 12 * * *'")], 'window: "01:00-05:00"\n');
    expect(schedules[0]?.reason?.sentence).toContain('Write `max-shift=8h` or more');
  });

  it('that calls a workflow which passes the schedule on is left alone, one which compares it is not', () => {
    const call = `${entries("cron: '0 12 * * *'")}jobs:\n  call:\n    uses: ./.github/workflows/b.yml\n`;
    const called = (step: string) => `on: workflow_call\njobs:\n  job:\n    runs-on: x\n${step}`;
    const passesOn = called('    steps:\n      - run: deploy ${{ github.event.schedule }}\n');
    expect(checked([call, passesOn]).schedules[0]?.reason?.code).toBe('schedule-expression');
    const compares = called("    if: github.event.schedule == '0 12 * * *'\n");
    expect(checked([call, compares]).schedules[0]).toMatchObject({ movable: true });
  });
});

describe('a workflow that shall be on time', () => {
  const nightly = (directive: string, ...jobs: readonly string[]) =>
    `${entries(`cron: '0 12 * * *'${directive}`)}jobs:\n  a:\n    runs-on: x\n${jobs.map((line) => `    ${line}\n`).join('')}`;
  const reads = "if: github.event_name == 'schedule'";
  const found = (texts: readonly string[], config = '') =>
    checked(texts, config).findings.map(({ rule, level, path, line, message }) => ({
      at: `${rule} ${level} ${path}:${line}`,
      message,
    }));
  const READS =
    'What `github.event_name` gives here differs between a run by schedule and a dispatch. Write it so ' +
    'that `workflow_dispatch` gives what `schedule` gives; an input can be stated in `on-time-inputs`.';
  const suggesting = 'mode: suggest\n';

  it('and cannot be may be moved meanwhile', () => {
    const movable = (...jobs: readonly string[]) =>
      checked([nightly(' # offbeat: punctual', ...jobs)]).schedules[0]?.movable;
    expect([movable(), movable(reads)]).toEqual([false, true]);
  });

  it('and cannot be is found where that is, with what to do', () => {
    expect(found([nightly(' # offbeat: punctual', reads)], suggesting)).toEqual([
      {
        at: 'on-time-blocked warning .github/workflows/a.yml:7',
        message: `It cannot be on time, as the directive \`punctual\` asks. ${READS}`,
      },
    ]);
    expect(found([nightly('', reads)], `${suggesting}workflows: { a.yml: { on-time: rescue } }\n`)).toEqual([
      {
        at: 'on-time-blocked warning .github/workflows/a.yml:7',
        message: `It cannot be on time, as \`on-time: rescue\` in .github/offbeat.yml asks. ${READS}`,
      },
    ]);
  });

  it('by what holds for all workflows names the way to leave it out', () => {
    expect(found([nightly('', reads), nightly('')], `${suggesting}on-time: punctual\n`)).toEqual([
      {
        at: 'crowd warning .github/workflows/a.yml:3',
        message: expect.any(String),
      },
      {
        at: 'crowd warning .github/workflows/b.yml:3',
        message: expect.any(String),
      },
      {
        at: 'on-time-blocked warning .github/workflows/a.yml:7',
        message: `It cannot be on time, as \`on-time: punctual\` in .github/offbeat.yml asks. ${READS} Or write \`on-time: off\` for this file under \`workflows\`.`,
      },
    ]);
  });

  it('is found at its schedule where another file stands in the way, named with its place', () => {
    const listener =
      "on: { workflow_run: { workflows: [Nightly] } }\njobs:\n  b:\n    if: github.event.workflow_run.event == 'schedule'\n    runs-on: x\n";
    expect(found([`name: Nightly\n${nightly(' # offbeat: punctual')}`, listener], suggesting)).toEqual([
      {
        at: 'on-time-blocked warning .github/workflows/a.yml:4',
        message: expect.stringContaining('.github/workflows/b.yml:4: This workflow runs after `Nightly`'),
      },
    ]);
  });

  it.each([
    ['possible', nightly(' # offbeat: punctual'), suggesting],
    ['not asked for', nightly('', reads), suggesting],
    [
      'switched off for its file',
      nightly('', reads),
      `${suggesting}on-time: punctual\nworkflows: { a.yml: { on-time: off } }\n`,
    ],
    ['only to be warned of', nightly(' # offbeat: punctual', 'permissions: { id-token: write }'), suggesting],
  ])('is no finding where it is %s', (_, text, config) => {
    expect(found([text], config)).toEqual([]);
  });

  it('is told once what an error says already', () => {
    const invalid = nightly(' # offbeat: punctual').replace('0 12', '0 25');
    expect(found([invalid], suggesting).map(({ at }) => at)).toEqual([
      'invalid error .github/workflows/a.yml:3',
    ]);
  });

  it.each([
    ['the default', nightly(' # offbeat: punctual'), '', '.github/workflows/a.yml:3'],
    ['the default', nightly(''), 'dwell-days: 7\non-time: punctual\n', '.github/offbeat.yml:2'],
    ['the default', nightly(''), 'workflows:\n  a.yml:\n    on-time: rescue\n', '.github/offbeat.yml:3'],
    ['`mode: observe`', nightly(''), 'on-time: punctual\nmode: observe\n', '.github/offbeat.yml:2'],
    ['`mode: pause`', nightly(''), 'on-time: punctual\nmode: pause\n', '.github/offbeat.yml:2'],
  ])('is noted to start nothing in %s', (mode, text, config, place) => {
    expect(found([text], config)).toEqual([
      { at: `on-time-observed note ${place}`, message: expect.stringContaining(mode) },
    ]);
  });
});

describe('a finding', () => {
  it.each([
    ['invalid', "cron: '0 25 * * *'"],
    ['invalid', "cron: '0 12 * * *'\n      timezone: Mars/Olympus"],
    ['never-fires', "cron: '0 12 30 2 *'"],
    ['invalid-directive', "cron: '0 12 * * *' # offbeat: windw=01:00-05:00"],
    ['too-often', "cron: '*/2 * * * *'"],
    ['too-often', "cron: '0,58 * * * *'"],
    ['clock-change', "cron: '30 2 * * *'\n      timezone: Europe/Berlin"],
    ['clock-change', "cron: '30 2 * * 0'\n      timezone: Europe/Berlin"],
    ['local-time-in-utc', "cron: '0 17 * * *' # 9am PST"],
    ['local-time-in-utc', "cron: '30 16 * * *' # 9:30 AM PT"],
    ['local-time-in-utc', "cron: '0 2 * * *' # 4 am Berlin time"],
    ['comment-names-time', "cron: '0 12 * * *' # at 9 in the evening, 21:00"],
  ])('is %s', (rule, line) => {
    expect(rules(entries(line))).toEqual([rule]);
  });

  it.each([
    ['in UTC', '30 23 * * *', 'UTC', true],
    ['in its own timezone', '30 22 * * *', 'America/New_York', true],
    ['in UTC, by its own timezone', '0 1 * * *', 'Europe/Berlin', true],
    ['two hours before it', '59 21 * * *', 'UTC', false],
    ['every hour', '30 * * * *', 'UTC', false],
  ])('is a date near midnight: %s', (_, cron, timezone, isFound) => {
    const text = (run: string) =>
      `on:\n  schedule:\n    - cron: '${cron}'\n      timezone: ${timezone}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`;
    const found = (run: string) => rules(text(run)).includes('date-near-midnight');
    expect(found('echo "$(date +%F)"')).toBe(isFound);
    expect(found('make')).toBe(false);
  });

  it.each([
    [
      "cron: '0 9 * * 1-5' # 10:00 every weekday",
      /says "10:00", and the cron 09:00 .*one of the two is wrong/,
    ],
    ["cron: '0 9 * * *' # 10am", /says "10am", and the cron 09:00/],
    ["cron: '0 9 * * *' # 10:00 UTC", /says "10:00", and the cron 09:00/],
    ["cron: '0 9 * * *' # 10:00 Pacific", /A move would leave the times/],
    [
      "cron: '0 9 * * *' # 9am PST",
      /says "9am" and names PST, where the cron's 09:00 \(UTC\) is 01:00 or 02:00: one/,
    ],
    ["cron: '0 9 * * *' # 9am JST", /says "9am" and names JST, where the cron's 09:00 \(UTC\) is 18:00: one/],
    ["cron: '0 9 * * *' # half past ten", /A move would leave the times in the comment \("half past ten"\)/],
    ["cron: '0 9 * * *' # 9am New York", /A move would leave the times in the comment \("9am"\)/],
    ["cron: '0 9 * * *' # ci.yml: 10:00", /A move would leave the times in the comment \("10:00"\)/],
    ["cron: '0 9 * * *' # 10am CST", /A move would leave the times/],
    ["cron: '0 9 * * *' # 10:00 and 11:00", /A move would leave the times/],
    ["cron: '0 9,17 * * *' # 10:00", /A move would leave the times/],
  ])('of a comment that names another time says so: %s', (line, message) => {
    const { findings } = checked([entries(line)]);
    expect(findings.map((one) => one.message)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['five minutes between ticks', "cron: '*/5 * * * *'"],
    ['a repeated hour on other days of the week', "cron: '30 2 * * 1'\n      timezone: Europe/Berlin"],
    ['every hour of a zone that changes its clocks', "cron: '0 * * * *'\n      timezone: Europe/Berlin"],
    ['a zone without summer time', "cron: '30 2 * * *'\n      timezone: Asia/Tokyo"],
    ['a comment whose time moves along', "cron: '0 12 * * *' # at noon"],
    ['its own time beside that of another', "cron: '0 3 * * *' # 3am, after the backup (02:00)"],
    [
      'a time of another zone, after another',
      "cron: '0 10 * * *' # runs at 2am Pacific, after the 01:30 backup",
    ],
    ['a local time without summer time that is its own', "cron: '0 3 * * *' # 12:00 JST"],
    ['the time of what it comes after', "cron: '0 3 * * *' # after the backup (02:00)"],
    ['a comment without a time', "cron: '0 12 * * *' # nightly build of version 3.11"],
    ['a date that comes once in four years', "cron: '0 12 29 2 *'"],
  ])('is none: %s', (_, line) => {
    expect(rules(entries(line))).toEqual([]);
  });

  it('is found where its workflow tests the hour, however near midnight it is', () => {
    const text = (run: string) =>
      `on:\n  schedule:\n    - cron: '23 6 * * *'\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`;
    const { findings } = checked([text('\'[ "$(TZ=America/New_York date +%H)" = 02 ] && make\'')]);
    expect(findings).toMatchObject([{ rule: 'hour-read', level: 'warning', line: 3 }]);
    expect(findings[0]?.message).toContain('.github/workflows/a.yml:8 reads the hour');
    expect(rules(text('echo "$(date +%F) $(date +%H:%M:%S)"'))).toEqual([]);
  });

  it('in the same minute as another one of its workflow may have no run of its own', () => {
    const { findings } = checked([entries("cron: '0 5 * * *'", "cron: '0 5 * * 0'")]);
    expect(findings.map(({ rule }) => rule)).toEqual(['crowd', 'crowd']);
    expect(findings[0]?.message).toContain('GitHub was seen to start one run for both');
    const apart = checked([entries("cron: '0 5 * * *'"), entries("cron: '0 5 * * 0'")]);
    expect(apart.findings[0]?.message).not.toContain('one run');
  });

  it('names the hour that is left out, and the one that comes twice', () => {
    const { findings } = checked([entries("cron: '30 2 * * *'\n      timezone: Europe/Berlin")]);
    expect(findings[0]).toMatchObject({
      level: 'warning',
      path: '.github/workflows/a.yml',
      line: 3,
      column: 13,
    });
    expect(findings[0]?.message).toContain('there is no 02:30 on 2027-03-28, GitHub runs it at 03:00');
    expect(findings[0]?.message).toContain('02:30 comes twice on 2027-10-31');
  });

  it('is a file that cannot be read, and its crons crowd with nobody', () => {
    const { findings, files, crowds } = checked([
      `${entries("cron: '0 12 * * *'")}jobs: [\n`,
      entries("cron: '0 12 * * *'"),
    ]);
    expect(findings.map(({ rule }) => rule)).toEqual(['unreadable-file']);
    expect(files.map(({ status }) => status)).toEqual(['refused', 'read']);
    expect(crowds).toEqual([]);
  });

  it('is a file that is too large to be read', () => {
    const { findings } = checked([`${entries("cron: '0 12 * * *'")}#${' '.repeat(1024 * 1024)}`]);
    expect(findings).toMatchObject([
      {
        rule: 'unreadable-file',
        line: 1,
        message: 'The file is too large to be read (over 1 MiB); split it.',
      },
    ]);
  });

  it('is a rule for a file that is not there, with the file that was meant', () => {
    const config = 'workflows:\n  a.yaml: { pin: true }\n';
    expect(checked([entries("cron: '7 12 * * *'")], config).findings).toMatchObject([
      { message: expect.stringContaining('so what is said of it has no effect. Did you mean "a.yml"?') },
    ]);
  });

  it('is a name in `after` that no file has, at its place', () => {
    const config = 'workflows:\n  a.yml:\n    after: [a.yml, b.yaml]\n';
    const line = entries("cron: '7 12 * * *'");
    expect(checked([line, line.replace('7 12', '8 13')], config).findings).toMatchObject([
      {
        rule: 'rule-without-file',
        line: 3,
        column: 20,
        message: expect.stringContaining('There is no workflow file "b.yaml"'),
      },
    ]);
  });

  it('is a rule for a file that is not there, at its place', () => {
    const config = 'mode: observe\nworkflows:\n  a.yml: { pin: true }\n  gone.yml: { pin: true }\n';
    expect(checked([entries("cron: '7 12 * * *'")], config).findings).toMatchObject([
      { rule: 'rule-without-file', path: '.github/offbeat.yml', line: 4, column: 3 },
    ]);
  });

  it('counts as one unless it is a note', () => {
    const { summary } = checked([entries("cron: '0 12 * * *' # about 21:00", "cron: '0 25 * * *'")]);
    expect(summary).toEqual({ files: 1, schedules: 2, movable: 1, findings: 1, notes: 1 });
  });
});

describe('a crowd', () => {
  it('is whoever starts in the same minute, in whatever timezone', () => {
    const { crowds } = checked([
      entries("cron: '0 0 * * *'"),
      entries("cron: '0 9 * * *'\n      timezone: Asia/Tokyo"),
      entries("cron: '1 0 * * *'"),
    ]);
    expect(crowds).toEqual([
      {
        at: '2026-11-22T00:00:00.000Z',
        schedules: [
          { path: '.github/workflows/a.yml', line: 3, cron: '0 0 * * *' },
          { path: '.github/workflows/b.yml', line: 3, cron: '0 9 * * *' },
        ],
      },
    ]);
  });

  it('may meet only partly, and says how often', () => {
    const { findings, crowds } = checked([
      entries("cron: '0 * * * *'"),
      entries("cron: '0 0 * * *'"),
      entries("cron: '0 0 1 * *'"),
    ]);
    expect(crowds).toHaveLength(1);
    expect(crowds[0]).toMatchObject({ at: '2026-12-01T00:00:00.000Z', schedules: [{}, {}, {}] });
    expect(
      findings.map(({ rule, message }) => [rule, /at (every tick|.* of its ticks)/.exec(message)?.[1]]),
    ).toEqual([
      ['crowd', '4 % of its ticks'],
      ['crowd', 'every tick'],
      ['crowd', 'every tick'],
    ]);
  });

  it('is none where days or minutes differ', () => {
    expect(
      rules(entries("cron: '0 0 * * 1'"), entries("cron: '0 0 * * 2'"), entries("cron: '5 * * * *'")),
    ).toEqual([]);
  });
});
