import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import type { Directives } from '../../src/workflow/schedule.ts';

const PATH = '.github/workflows/nightly.yml';

function read(lines: readonly string[]) {
  return readWorkflowFile(
    PATH,
    `on:\n  schedule:\n${lines.map((line) => `    ${line}\n`).join('')}jobs: {}\n`,
  ).schedules;
}

function beside(comment: string) {
  const [schedule] = read([`- cron: '0 3 * * *' ${comment}`]);
  return schedule;
}

const WINDOW = { fromMinute: 60, toMinute: 300 };

describe('a directive', () => {
  const cases: readonly (readonly [string, Directives])[] = [
    ['# offbeat: pin', { pin: true }],
    ['#offbeat:pin', { pin: true }],
    ['#\toffbeat:\tPIN', { pin: true }],
    ['## Offbeat: pin', { pin: true }],
    ['# offbeat: window=01:00-05:00', { window: WINDOW }],
    ['# offbeat: window: 01:00-05:00', { window: WINDOW }],
    ['# offbeat: window = 01:00-05:00', { window: WINDOW }],
    ['# offbeat: window=22:00-05:00', { window: { fromMinute: 1320, toMinute: 300 } }],
    ['# offbeat: max-shift=30m', { maxShiftMinutes: 30 }],
    ['# offbeat: max-shift=2h', { maxShiftMinutes: 120 }],
    ['# offbeat: max-shift=1d', { maxShiftMinutes: 1440 }],
    ['# offbeat: finish-by=07:00, not-before=01:30', { finishByMinute: 420, notBeforeMinute: 90 }],
    [
      '# offbeat: window=01:00-05:00,finish-by=07:00 max-shift=30m',
      { window: WINDOW, finishByMinute: 420, maxShiftMinutes: 30 },
    ],
    ['# every night # offbeat: max-shift=30m # as agreed', { maxShiftMinutes: 30 }],
    ['# offbeat moves this one', {}],
    ['# nothing of ours', {}],
    ['# nightly # offbeat: pin', { pin: true }],
    ['# held by `offbeat: pin` until May', {}],
    ['# "offbeat: pin" was taken out', {}],
    ['# deployed by offbeat: the App', {}],
    ['# offbeats: pinned', {}],
    ['# see offbeat: pins are gone', {}],
  ];

  it.each(cases)('%s', (comment, directives) => {
    const schedule = beside(comment);
    expect(schedule?.directives).toEqual(directives);
    expect(schedule?.refusal?.code).toBe(directives.pin === true ? 'pinned' : undefined);
  });
});

describe('a mistyped directive', () => {
  // Column of the sign at fault in "    - cron: '0 3 * * *' # offbeat: …", where the body begins at 36.
  const cases: readonly (readonly [string, number, string])[] = [
    ['# offbeat: windw=01:00-05:00', 36, 'Did you mean "window"?'],
    ['# offbeat: pin windw=01:00-05:00', 40, 'Did you mean "window"?'],
    [
      '# offbeat: window=1:00-5:00',
      36,
      '("window" has "1:00-5:00"). Write for example `window=01:00-05:00`.',
    ],
    ['# offbeat: window=01:00-01:00', 36, 'Write for example `window=01:00-05:00`.'],
    ['# offbeat: window', 36, 'has no value'],
    ['# offbeat: max-shift=30', 36, 'max-shift=30m'],
    ['# offbeat: finish-by=24:00', 36, 'finish-by=07:00'],
    ['# offbeat: not-before=soon', 36, 'not-before=01:00'],
    ['# offbeat: pin=yes', 36, 'takes no value'],
    ['# offbeat: pin because', 40, 'Known are pin, punctual'],
    ['# offbeat: = pin', 36, 'unknown'],
    ['# offbeat: max-shift=1h max-shift=2h', 49, 'Remove one of the two.'],
    ['# offbeat:', 27, 'nothing stands after the colon'],
    ['# offbeat pin', 27, 'Write `offbeat:`.'],
    ['# offbeat=pin', 27, 'Write `offbeat:`.'],
    ['# offbeat; pin', 27, 'Write `offbeat:`.'],
    ['# ofbeat: pin', 27, 'Did you mean "offbeat"?'],
    ['# off beat: pin', 27, 'Did you mean "offbeat"?'],
    ['# off-beat: window=01:00-05:00', 27, 'Did you mean "offbeat"?'],
    ['# nightly; offbeat: pin', 36, 'Write a `#` before `offbeat`'],
    ['# nightly, Offbeat:punctual', 36, 'behind other words'],
    ['# (offbeat: window=01:00-05:00)', 28, 'behind other words'],
    ['# - offbeat: max-shift = 30m', 29, 'behind other words'],
    ['# // offbeat: pin', 30, 'behind other words'],
  ];

  it.each(cases)('%s', (comment, column, words) => {
    const refusal = beside(comment)?.refusal;
    expect(refusal?.code).toBe('invalid-directive');
    expect(refusal?.sentence).toContain(words);
    expect(refusal?.sentence).toContain(`Line 3, column ${column}:`);
  });

  it('refuses only its own schedule', () => {
    const codes = read(["- cron: '0 3 * * *' # offbeat: pni", "- cron: '0 4 * * *'"]).map(
      ({ refusal }) => refusal?.code,
    );
    expect(codes).toEqual(['invalid-directive', undefined]);
  });
});

describe('the schedule of a directive', () => {
  function pins(lines: readonly string[]): number[] {
    return read(lines).flatMap(({ index, directives }) => (directives.pin === true ? [index] : []));
  }
  const one = "- cron: '0 3 * * *'";
  const two = "- cron: '0 4 * * *'";

  it.each([
    ['beside', [`${one} # offbeat: pin`, two], [0]],
    ['above the first', ['# offbeat: pin', one, two], [0]],
    ['above the second', [one, '# offbeat: pin', two], [1]],
    ['above, with other lines between', [one, '', '# offbeat: pin', '# said so', '', two], [1]],
    ['below, indented like the keys', [one, '  # offbeat: pin', two], [0]],
    ['below the last, indented like the keys', [one, two, '  # offbeat: pin'], [1]],
    ['beside the timezone', [one, '  timezone: UTC # offbeat: pin', two], [0]],
    ['between cron and timezone', [one, '  # offbeat: pin', '  timezone: UTC', two], [0]],
    ['beside a lone dash', ['- # offbeat: pin', "  cron: '0 3 * * *'", two], [0]],
    ['beside braces', ["- { cron: '0 3 * * *' } # offbeat: pin", two], [0]],
    ['on a schedule that was commented out', [one, "# - cron: '0 9 * * *' # offbeat: pin", two], []],
    ['below all entries', [one, two, '# offbeat: pin'], [0, 1]],
    ['below a comment of the last entry', [one, two, '  # by hand', '# offbeat: pin'], [0, 1]],
  ])('%s', (_, lines, expected) => {
    expect(pins(lines)).toEqual(expected);
  });

  it.each([
    ['at the head of the file', '# offbeat: pin\non:\n  schedule:\n'],
    ['above the list', 'on:\n  # offbeat: pin\n  schedule:\n'],
    ['beside the list', 'on:\n  schedule: # offbeat: pin\n'],
  ])('%s, for every schedule of it', (_, head) => {
    const text = `${head}    - cron: '0 3 * * *'\n    - cron: '0 4 * * *'\njobs: {}\n`;
    expect(readWorkflowFile(PATH, text).schedules.map(({ refusal }) => refusal?.code)).toEqual([
      'pinned',
      'pinned',
    ]);
  });

  it.each([
    [
      'beside a step',
      "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    steps:\n      - run: x # offbeat: punctual\n",
      7,
    ],
    [
      'below the schedules, as deep as `on`',
      "on:\n  schedule:\n    - cron: '0 3 * * *'\n# offbeat: punctual\njobs: {}\n",
      4,
    ],
    [
      'beside the name',
      "name: a # offbeat: window=01:00-05:00\non:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n",
      1,
    ],
    [
      'mistyped, above a job',
      "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  # offbeat punctual\n  a: {}\n",
      5,
    ],
    [
      'in jobs that stand before `on`',
      "jobs:\n  # offbeat: max-shift=1h\n  a: {}\non:\n  schedule:\n    - cron: '0 3 * * *'\n",
      2,
    ],
  ])('is none, and named with its line: %s', (_, text, line) => {
    const { schedules, problems } = readWorkflowFile(PATH, text);
    expect(schedules.map(({ directives }) => directives)).toEqual([{}]);
    expect(schedules[0]?.refusal).toBeUndefined();
    expect(problems).toMatchObject([{ kind: 'directive', line }]);
  });

  it.each([
    [
      'below an unindented list',
      'on:\n  schedule:\n  - cron: "0 3 * * *"\n  # offbeat: punctual\njobs: {}\n',
    ],
    [
      'below a list, after a blank line',
      'on:\n  schedule:\n    - cron: "0 3 * * *"\n\n    # offbeat: punctual\njobs: {}\n',
    ],
    [
      'below a list at the end of the file',
      'jobs: {}\non:\n  schedule:\n  - cron: "0 3 * * *"\n\n  # offbeat: punctual\n',
    ],
    [
      'above `on` and a blank line, below the name',
      'name: a\n# offbeat: punctual\n\non:\n  schedule:\n    - cron: "0 3 * * *"\njobs: {}\n',
    ],
    [
      'above `schedule` and a blank line',
      'name: a\non:\n  # offbeat: punctual\n\n  schedule:\n    - cron: "0 3 * * *"\njobs: {}\n',
    ],
    [
      'above another trigger',
      'on:\n  # offbeat: punctual\n  push:\n  schedule:\n    - cron: "0 3 * * *"\njobs: {}\n',
    ],
    [
      'below another trigger',
      "on:\n  schedule:\n    - cron: '0 3 * * *'\n  push:\n    tags: ['v*']\n    # offbeat: punctual\njobs: {}\n",
    ],
    [
      'less indented than the triggers',
      'on:\n  push:\n# offbeat: punctual\n  schedule:\n    - cron: "0 3 * * *"\njobs: {}\n',
    ],
  ])('holds for the whole file %s', (_, text) => {
    const { schedules, problems } = readWorkflowFile(PATH, text);
    expect(schedules).toMatchObject([{ directives: { punctual: true } }]);
    expect(problems).toBeUndefined();
  });

  it.each([
    ['beside a step', 'jobs:\n  a:\n    steps:\n      - run: x # offbeat: pin\n', 8],
    ['above a job, with more behind it', 'jobs:\n  # offbeat: pin max-shift=1h\n  a: {}\n', 6],
    ['above a job, mistyped', 'jobs:\n  # offbeat pin\n  a: {}\n', 6],
    ['below the schedules, as deep as `on`', '# offbeat: pin\njobs: {}\n', 5],
  ])('pins every schedule wherever it stands, and is named: %s', (_, rest, line) => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\n    - cron: '0 4 * * *'\n${rest}`;
    const { schedules, problems } = readWorkflowFile(PATH, text);
    expect(schedules.map(({ directives }) => directives)).toEqual([{ pin: true }, { pin: true }]);
    expect(schedules.map(({ refusal }) => refusal?.code)).toEqual(['pinned', 'pinned']);
    expect(problems).toMatchObject([{ kind: 'stray-pin', line }]);
    expect(problems?.[0]?.sentence).toContain('its `pin` holds for all crons');
  });

  it.each([
    ['prose on Offbeat and one of our keys', '# Offbeat window is nightly'],
    ['prose with our words in its midst', '# handled by offbeat: pin it down'],
    ['prose on Offbeat without a colon', '# Offbeat pin: see the docs'],
    ['prose on Offbeat', '# offbeat: see the docs'],
    ['a word like one of ours', '# offbeat: in this step'],
    ['a schedule that was commented out', "# - cron: '0 9 * * *' # offbeat: pin"],
    ['a directive in quotes', '# "offbeat: pin" would hold it'],
  ])('is not looked for in %s', (_, comment) => {
    const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  ${comment}\n  a: {}\n`;
    expect(readWorkflowFile(PATH, text).problems).toBeUndefined();
  });

  it('is not looked for in a file without schedules', () => {
    expect(readWorkflowFile(PATH, 'on: push\njobs: {} # offbeat: pin\n').problems).toBeUndefined();
  });

  it('is both of two schedules on its line', () => {
    const text = "on:\n  schedule: [{cron: '0 3 * * *'}, {cron: '0 4 * * *'}] # offbeat: pin\njobs: {}\n";
    expect(readWorkflowFile(PATH, text).schedules.map(({ refusal }) => refusal?.code)).toEqual([
      'pinned',
      'pinned',
    ]);
  });

  it('has the directive of its own over that of the whole file', () => {
    const text =
      "# offbeat: max-shift=1h finish-by=07:00\non:\n  schedule:\n    - cron: '0 3 * * *' # offbeat: max-shift=10m\njobs: {}\n";
    expect(readWorkflowFile(PATH, text).schedules[0]?.directives).toEqual({
      maxShiftMinutes: 10,
      finishByMinute: 420,
    });
  });
});
