import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import type { RefusalCode } from '../../src/workflow/refusal.ts';
import type { Schedule } from '../../src/workflow/schedule.ts';
import { sampledRuns } from '../sampled.ts';
import { CORPUS } from './corpus.ts';

const PATH = '.github/workflows/nightly.yml';

function schedulesOf(text: string, path = PATH): readonly Schedule[] {
  return readWorkflowFile(path, text).schedules;
}

function codes(text: string, path = PATH): (RefusalCode | undefined)[] {
  return schedulesOf(text, path).map(({ refusal }) => refusal?.code);
}

/** A workflow around the lines of a `schedule:` list. */
function around(entries: string, jobs = '  build:\n    runs-on: ubuntu-latest\n'): string {
  return `name: Nightly\non:\n  schedule:\n${entries}jobs:\n${jobs}`;
}

describe('every way to write a schedule', () => {
  it.each(CORPUS)('$name', ({ text, crons }) => {
    const file = readWorkflowFile(PATH, text);
    expect(file.refusal).toBeUndefined();
    expect(file.schedules.map(({ cron }) => cron)).toEqual(crons);
    expect(file.schedules.map(({ refusal }) => refusal)).toEqual(crons.map(() => undefined));
    for (const { cron, line, column } of file.schedules) {
      const written = text.split('\n')[line - 1]?.slice(column - 1) ?? '';
      expect(written.replace(/^['"]/, '').startsWith(cron)).toBe(true);
    }
  });
});

describe('a schedule', () => {
  it('is in UTC where no timezone is named', () => {
    const zones = schedulesOf(
      around("    - cron: '0 3 * * *'\n    - cron: '0 3 * * 1'\n      timezone: Europe/Berlin\n"),
    ).map(({ timezone }) => timezone);
    expect(zones).toEqual(['UTC', 'Europe/Berlin']);
  });

  it('keeps the comment beside the entry, without directives', () => {
    const [one, two, three] = schedulesOf(
      around(
        "    # Every night,\n    - cron: '0 3 * * *' # at three # offbeat: max-shift=30m\n    - cron: '0 4 * * *' # offbeat: max-shift=1h\n    - cron: '0 5 * * *'\n",
      ),
    );
    expect(one?.comment).toBe('Every night, at three');
    expect(two?.comment).toBeUndefined();
    expect(three?.comment).toBeUndefined();
  });

  it('has the index of its entry, invalid entries counted', () => {
    expect(
      schedulesOf(around("    - '0 3 * * *'\n    - cron: '0 4 * * *'\n")).map(({ index, cron }) => [
        index,
        cron,
      ]),
    ).toEqual([
      [0, ''],
      [1, '0 4 * * *'],
    ]);
  });

  it('comes with name, triggers and chains of its file', () => {
    const file = readWorkflowFile(
      PATH,
      'name: Report\non:\n  push:\n  workflow_run: { workflows: [Build, Test], types: [completed] }\nconcurrency: reports\njobs: {}\n',
    );
    expect(file).toMatchObject({
      name: 'Report',
      otherTriggers: ['push', 'workflow_run'],
      runsAfter: ['Build', 'Test'],
      concurrencyGroup: 'reports',
      schedules: [],
    });
  });

  it.each([
    ['on: push\njobs: {}\n', ['push']],
    ['on: [push, pull_request]\njobs: {}\n', ['push', 'pull_request']],
    ['jobs: {}\n', []],
    ['', []],
    ['# only a comment\n', []],
  ])('finds no schedule in %j', (text, triggers) => {
    const file = readWorkflowFile(PATH, text);
    expect(file.schedules).toEqual([]);
    expect(file.otherTriggers).toEqual(triggers);
    expect(file.name).toBe(PATH);
    expect(file.refusal).toBeUndefined();
  });

  it('has no concurrency group where that is an expression', () => {
    const text = 'on: push\nconcurrency:\n  group: ${{ github.ref }}\njobs: {}\n';
    expect(readWorkflowFile(PATH, text).concurrencyGroup).toBeNull();
  });
});

describe('refusals', () => {
  const cases: readonly (readonly [RefusalCode, string])[] = [
    ['alias-or-anchor', around("    - &nightly\n      cron: '0 3 * * *'\n")],
    ['alias-or-anchor', around("    - cron: &c '0 3 * * *'\n")],
    ['alias-or-anchor', `env: { CRON: &c '7 3 * * 1' }\n${around('    - cron: *c\n')}`],
    ['alias-or-anchor', around("    - cron: !!str '0 3 * * *'\n")],
    ['alias-or-anchor', "x: &s [{ cron: '0 3 * * *' }]\non: { schedule: *s }\njobs: {}\n"],
    ['block-scalar', around('    - cron: >-\n        0 3 * * *\n')],
    ['block-scalar', around('    - cron: |\n        0 3 * * *\n')],
    ['block-scalar', around("    - cron: '0 3\n        * * *'\n")],
    ['templated', around("    - cron: '{{ cron }}'\n")],
    ['templated', around("    - cron: '${CRON}'\n")],
    ['invalid-cron', around("    - cron: '${{ vars.CRON }}'\n")],
    ['both-day-fields', around("    - cron: '0 3 1 * 1'\n")],
    ['both-day-fields', around("    - cron: '0 3 */2 * 1'\n")],
    ['both-day-fields', around("    - cron: '0 3 1-31 * 1'\n")],
    ['never-fires', around("    - cron: '0 3 30 2 *'\n")],
    ['invalid-cron', around("    - cron: '@daily'\n")],
    ['invalid-cron', around("    - cron: '0 25 * * *'\n")],
    ['invalid-cron', around("    - cron: '0 3 * * 7'\n")],
    ['invalid-cron', around("    - cron: ' 0 3 * * *'\n")],
    ['invalid-cron', around("    - cron: ''\n")],
    ['invalid-cron', around('    - cron:\n')],
    ['invalid-cron', around('    - cron: 5\n')],
    ['invalid-cron', around('    - timezone: UTC\n')],
    ['invalid-cron', around("      cron: '0 3 * * *'\n")],
    ['invalid-cron', around("    - cron: '0 3 * * *'\n      branches: [main]\n")],
    ['invalid-timezone', around("    - cron: '0 3 * * *'\n      timezone: Berlin\n")],
    ['invalid-timezone', around("    - cron: '0 3 * * *'\n      timezone: 1\n")],
    ['generated-file', `# DO NOT EDIT\n${around("    - cron: '0 3 * * *'\n")}`],
    [
      'generated-file',
      `# This file was automatically generated by a tool.\n${around("    - cron: '0 3 * * *'\n")}`,
    ],
    ['duplicate-keys', `name: Again\n${around("    - cron: '0 3 * * *'\n")}`],
    ['duplicate-keys', around("    - cron: '0 3 * * *'\n      cron: '0 4 * * *'\n")],
    ['unreadable-yaml', `${around("    - cron: '0 3 * * *'\n")}  [\n`],
    ['unreadable-yaml', `${around("    - cron: '0 3 * * *'\n")}? [a, b]\n: c\n`],
    ['unreadable-yaml', around("    - cron: '0 3 * * *' # caf\uFFFD\n")],
    ['unreadable-yaml', around("    - cron: '0 3 * * *' # \0\n")],
    ['unreadable-yaml', around("    - cron: '0 3 * * *'\n", '  a: "\u001b[2J"\n')],
    ['multi-document', `${around("    - cron: '0 3 * * *'\n")}---\nname: second\n`],
    ['invalid-directive', around("    - cron: '0 3 * * *' # offbeat: windw=01:00-05:00\n")],
    ['pinned', around("    - cron: '0 3 * * *' # offbeat: pin\n")],
  ];

  it.each(cases)('%s: %j', (code, text) => {
    expect(codes(text)).toEqual([code]);
    const [schedule] = schedulesOf(text);
    expect(schedule?.refusal?.sentence).toMatch(/^[A-Z].*[.?]$/s);
  });

  it('name line and column of the place', () => {
    const [schedule] = schedulesOf(around("    - cron: '0 25 * * *'\n"));
    expect(schedule?.refusal?.sentence).toContain('Line 4, column 13');
  });

  it('name value, field and column of a wrong cron, and what to write', () => {
    const [schedule] = schedulesOf(around("    - cron: '0 25 * * *'\n"));
    expect(schedule?.refusal?.sentence).toMatch(/"25" in the hour field: .* \(column 3\)\)\. Write 0-23\.$/);
  });

  it.each([
    [
      "    - cron: '0 3 * * *'\n      timezone: Europe/Berlni\n",
      /\("Europe\/Berlni"\)\. .*"Europe\/Berlin"\?$/,
    ],
    [
      "    - cron: '0 3 * * *'\n      timezone: '+02:00'\n",
      /\("\+02:00"\)\. Write the IANA name of the place/,
    ],
    ["    - cron: '0 3 * * *'\n      timezone: PST\n", /\("PST"\)\. Did you mean "America\/Los_Angeles"\?$/],
    ["    - corn: '0 3 * * *'\n", /column 7: .*no `cron`, and "corn" is no key .*Did you mean "cron"\?$/],
    ["    - Cron: '0 3 * * *'\n      timezone: UTC\n", /Did you mean "cron"\?$/],
    ["    - at: '0 3 * * *'\n", /"at" is no key .*Did you mean "cron"\?$/],
    ["    - cron: '0 3 * * *'\n      time_zone: UTC\n", /"time_zone" is no key .*Did you mean "timezone"\?$/],
    ["    - cron: '0 3 * * *'\n      tz: Asia/Tokyo\n", /"tz" is no key .*Did you mean "timezone"\?$/],
    ["    - cron '0 3 * * *'\n", /Write `- cron: "0 3 \* \* \*"`\.$/],
    ["    - cron:'0 3 * * *'\n", /Write `- cron: "0 3 \* \* \*"`\.$/],
    ["    - - cron: '0 3 * * *'\n", /the entry is a list\)\. Write one dash/],
    ['    - cron: { a: b }\n', /the `cron` is no text\)\. Write `cron: "17 3 \* \* \*"`\.$/],
    ["    -\n    - cron: '0 3 * * *'\n", /the entry has no `cron`\)\. Write `- cron: "17 3 \* \* \*"`\.$/],
    ["    - cron: '0 3 * * *'\n      timezone:\n", /\(nothing stands there\)/],
    ['    - cron:\n', /the entry has no `cron`/],
    ["      cron: '0 3 * * *'\n", /`schedule` is no list\)\. Write a dash before `cron`\.$/],
    ["    -cron: '0 3 * * *'\n", /Write a space behind the dash/],
    ["    - cron: ['0 3 * * *', '0 5 * * *']\n", /column 13: .*the `cron` is a list\)\. Write an entry/],
    ["    - cron: '0 3 * * *'\n      branches: [main]\n", /Line 5, column 7: .*"branches" is no key/],
    ["    - cron: ' 0 3 * * *'\n", /\(the cron starts with a space/],
  ])('says of %j what is wrong and how to mend it', (entry, words) => {
    expect(schedulesOf(around(entry))[0]?.refusal?.sentence).toMatch(words);
  });

  it('name endless nesting as too deep', () => {
    const text = `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
    expect(readWorkflowFile(PATH, text).refusal?.sentence).toContain('nested too deeply');
  });

  it('refuse a compiled file by its name', () => {
    expect(codes(around("    - cron: '0 3 * * *'\n"), '.github/workflows/triage.lock.yml')).toEqual([
      'generated-file',
    ]);
  });

  it('ignore a notice that is not at the head of the file', () => {
    expect(
      codes(`name: x\n# DO NOT EDIT the next line\non:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n`),
    ).toEqual([undefined]);
  });

  it('refuse alias bombs before they expand', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
    );
    expect(readWorkflowFile(PATH, `${levels.join('\n')}\n`).refusal?.code).toBe('alias-bomb');
    const many = `a: &a x\nb: [${Array(2000).fill('*a').join(', ')}]\n`;
    expect(readWorkflowFile(PATH, many).refusal?.code).toBe('alias-bomb');
  });

  it('allow anchors and aliases outside of the schedule', () => {
    const text = around("    - cron: '0 3 * * *'\n", '  a: &job\n    runs-on: x\n  b: *job\n');
    expect(codes(text)).toEqual([undefined]);
    expect(readWorkflowFile(PATH, text).jobs.map(({ id, runsOn }) => [id, runsOn])).toEqual([
      ['a', ['x']],
      ['b', ['x']],
    ]);
  });

  it('refuse files over 1 MiB and endless lists of schedules', () => {
    expect(readWorkflowFile(PATH, `#${'x'.repeat(1024 * 1024)}`).refusal?.code).toBe('too-large');
    const many = readWorkflowFile(PATH, around("    - cron: '0 3 * * *'\n".repeat(500)));
    expect(many.refusal?.code).toBe('too-large');
    expect(many.schedules.length).toBeLessThan(500);
  });

  it.each([
    '['.repeat(50_000),
    '{a: '.repeat(50_000),
    '- '.repeat(50_000),
    '? '.repeat(50_000),
    '{'.repeat(9_000),
  ])('answers deep nesting with a refusal', (text) => {
    expect(readWorkflowFile(PATH, text).refusal?.code).toBe('unreadable-yaml');
  });
});

describe('reading any text', () => {
  it('never throws on damaged workflows', () => {
    const damaged = fc
      .record({
        text: fc.constantFrom(...CORPUS.map(({ text }) => text)),
        cuts: fc.array(
          fc.record({
            at: fc.nat(400),
            length: fc.nat(12),
            piece: fc.oneof(
              fc.constantFrom(
                '\n',
                '\t',
                ': ',
                '- ',
                '&a ',
                '*a',
                "'",
                '"',
                '[',
                '{',
                '}',
                '# offbeat: ',
                '---\n',
                '!!x ',
                '? ',
              ),
              fc.string({ unit: 'binary', maxLength: 6 }),
            ),
          }),
          { minLength: 1, maxLength: 5 },
        ),
      })
      .map(({ text, cuts }) =>
        cuts.reduce((all, { at, length, piece }) => all.slice(0, at) + piece + all.slice(at + length), text),
      );
    fc.assert(
      fc.property(damaged, (text) => {
        const file = readWorkflowFile(PATH, text);
        if (file.refusal !== undefined) {
          expect(file.schedules.every(({ refusal }) => refusal !== undefined)).toBe(true);
        }
      }),
      sampledRuns(1_500, 150),
    );
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(readWorkflowFile(PATH, text).path).toBe(PATH);
      }),
      sampledRuns(1_500, 150),
    );
  });
});
