import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';

const PATH = '.github/workflows/nightly.yml';
const CRON = "    - cron: '0 3 * * *'\n";

const read = (text: string) => readWorkflowFile(PATH, text);

describe('a part of a schedule in the wrong place', () => {
  it.each([
    [
      'beside the list',
      `on:\n  schedule:\n${CRON}  timezone: Europe/Berlin\n`,
      /^Line 4, column 3: .*below the `cron`/,
    ],
    [
      'as an entry',
      `on:\n  schedule:\n${CRON}    - timezone: Europe/Berlin\n`,
      /^Line 4, column 7: .*Remove the dash/,
    ],
    [
      'as an entry before it',
      `on:\n  schedule:\n    - timezone: Europe/Berlin\n${CRON}`,
      /^Line 3, column 7: .*Remove the dash before the `cron` below/,
    ],
  ])('a timezone %s refuses every schedule of the file, with what to do', (_, text, sentence) => {
    const { schedules, refusal } = read(text);
    expect(refusal?.code).toBe('invalid-schedule');
    expect(schedules.length).toBeGreaterThan(0);
    for (const schedule of schedules) expect(schedule.refusal?.sentence).toMatch(sentence);
  });

  it('a timezone beside a merge key is none: the entry is refused for the key', () => {
    const { refusal, schedules } = read(
      "on:\n  schedule:\n    - &base\n      cron: '0 3 * * *'\n    - <<: *base\n      timezone: Europe/Berlin\n",
    );
    expect(refusal).toBeUndefined();
    expect(schedules.map((schedule) => schedule.refusal?.code)).toEqual([
      'alias-or-anchor',
      'alias-or-anchor',
    ]);
  });

  it('a timezone within its entry is none', () => {
    const { refusal, schedules } = read(`on:\n  schedule:\n${CRON}      timezone: Europe/Berlin\n`);
    expect(refusal).toBeUndefined();
    expect(schedules[0]).toMatchObject({ timezone: 'Europe/Berlin' });
  });

  it.each([
    ['on:\n  schedule:\n', '- cron: "17 3 * * *"'],
    ['on:\n  schedule: []\n', '- cron: "17 3 * * *"'],
    ['on: schedule\n', '- cron: "17 3 * * *"'],
    ['on: [push, schedule]\n', '- cron: "17 3 * * *"'],
    ["on:\n  schedule: '0 4 * * *'\n", '- cron: "0 4 * * *"'],
  ])('%j has no entry, and is told what to write', (text, example) => {
    const { refusal, schedules } = read(text);
    expect(schedules).toEqual([]);
    expect(refusal).toMatchObject({ code: 'invalid-schedule', sentence: expect.stringContaining(example) });
    expect(refusal?.sentence).toMatch(/^Line \d, column \d+: /);
  });

  it.each([
    [`on:\n  - push\n  - schedule:\n    ${CRON}`, /^Line 3, column 5: .*list of triggers.*below `on`/],
    ['on: [push, { schedule: [{ cron: "0 3 * * *" }] }]\n', /^Line 1, column 14: .*list of triggers/],
    [`on:\n  schedules:\n${CRON}`, /^Line 2, column 3: .*"schedules" is no trigger.*Write `schedule`/],
    [`on:\n  Schedule:\n${CRON}`, /"Schedule" is no trigger/],
    ["on:\n  cron: '0 3 * * *'\n", /"cron" is no trigger/],
    [`on:\n  shedule:\n${CRON}`, /^Line 2, column 3: .*"shedule" is no trigger.*Write `schedule`/],
    [`on:\n  push:\n  scheduled:\n${CRON}`, /"scheduled" is no trigger/],
    [`on:\n  timer:\n${CRON}`, /"timer" is no trigger/],
    ['on: [push, schedle]\n', /^Line 1, column 12: .*"schedle" is no trigger/],
    ['on: shedule\n', /^Line 1, column 5: .*"shedule" is no trigger/],
    [
      `On:\n  schedule:\n${CRON}`,
      /^Line 1, column 1: .*"On" is no key of a workflow\)\. Did you mean "on"\?$/,
    ],
    [`true:\n  schedule:\n${CRON}`, /"true" is no key of a workflow\)\. Did you mean "on"\?$/],
    ['no: [push, schedule]\n', /"no" is no key of a workflow\)\. Did you mean "on"\?$/],
    [
      `on:\n  push:\n    schedule:\n  ${CRON}`,
      /^Line 2, column 3: .*`schedule` stands below "push"\)\. Write it as deep as "push"\.$/,
    ],
    [`on:\n  push:\nschedule:\n${CRON}`, /^Line 3, column 1: .*beside `on`.*Write it below `on`/],
  ])('%j has its schedule where GitHub looks for none', (text, sentence) => {
    expect(read(text).refusal).toMatchObject({
      code: 'invalid-schedule',
      sentence: expect.stringMatching(sentence),
    });
  });

  it.each([
    'on: push\n',
    'on: [push]\n',
    'on:\n  push:\n',
    'name: a\n',
    'on: [release, status]\n',
    'env:\n  schedule: nightly\n',
    'On: push\n',
  ])('%j has no schedule to miss', (text) => {
    expect(read(text).refusal).toBeUndefined();
  });

  it('an entry that is a text is told to name its cron', () => {
    const [schedule] = read("on:\n  schedule:\n    - '0 4 * * *'\n").schedules;
    expect(schedule?.refusal?.sentence).toContain('Write `- cron: "0 4 * * *"`.');
  });
});

describe('a cron that begins with a star and has no quotes', () => {
  it.each(['*/15 * * * *', '* 3 * * *', '*/15', '*/15 * * * * # often'])(
    '%s is told to be quoted',
    (written) => {
      const { refusal } = read(`on:\n  schedule:\n    - cron: ${written}\n`);
      const cron = written.replace(/ #.*/, '');
      expect(refusal?.code).toBe('unreadable-yaml');
      expect(refusal?.sentence).toContain(`Write \`cron: "${cron}"\`.`);
      expect(refusal?.sentence).toContain('Line 3, column 13');
    },
  );

  it('is no alias, which has a name', () => {
    const { refusal } = read('on:\n  schedule:\n    - cron: *nightly\n');
    expect(refusal?.sentence).toMatch(
      /^Line 3, column 13: .*an alias without its anchor\)\. Write the value out/,
    );
  });

  it('is not blamed for another fault of the file', () => {
    expect(read("on:\n  schedule:\n    - cron: '*/15 * * * *'\n  [\n").refusal?.sentence).not.toContain(
      'quotes',
    );
  });
});

it('names the place of a merge that was left unfinished', () => {
  const text =
    "on:\n  schedule:\n<<<<<<< HEAD\n    - cron: '0 3 * * *'\n=======\n    - cron: '0 4 * * *'\n>>>>>>> topic\njobs: {}\n";
  const { refusal } = readWorkflowFile('a.yml', text);
  expect(refusal?.code).toBe('unreadable-yaml');
  expect(refusal?.sentence).toMatch(
    /^Line 3, column 1: .*a merge was left unfinished here.*Keep one of the two sides/,
  );
});
