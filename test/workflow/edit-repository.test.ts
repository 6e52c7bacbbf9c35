import { describe, expect, it } from 'vitest';
import { editRepository } from '../../src/workflow/edit-repository.ts';
import { readWorkflowFiles } from '../../src/workflow/read-repository.ts';

const A = '.github/workflows/a.yml';
const B = '.github/workflows/b.yml';
const CALLED = '.github/workflows/called.yml';
const ACTION = 'tools/act/action.yml';

const scheduled = (cron: string, job = 'uses: ./.github/workflows/called.yml') =>
  `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  a:\n    ${job}\n`;
const withAction = (cron: string) => scheduled(cron, 'runs-on: x\n    steps:\n      - uses: ./tools/act');
const called = (condition: string) =>
  `on: [workflow_call]\r\njobs:\n  c:   # kept\n    runs-on: x\n    if: ${condition}\n    steps: []\n`;
const action = (condition: string) =>
  `runs:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n      if: ${condition}\n`;
const IS_THREE = "github.event.schedule == '0 3 * * *'";
const IS_FOUR = "github.event.schedule == '17 4 * * *'";

const file = (path: string, text: string) => ({ path, text });
const toFour = { path: A, index: 0, to: '17 4 * * *' };

describe('an edit of a repository', () => {
  it('rewrites the comparison in a called workflow, every other byte as it was', () => {
    const sources = [file(A, scheduled('0 3 * * *')), file(CALLED, called(IS_THREE))];
    expect(readWorkflowFiles(sources)[0]?.schedules[0]?.refusal).toBeUndefined();
    expect(editRepository(sources, [toFour])).toEqual([
      file(A, scheduled('17 4 * * *')),
      file(CALLED, called(IS_FOUR)),
    ]);
  });

  it('rewrites the comparison in a local action, also in single quotes', () => {
    const quoted = (cron: string) => action(`'github.event.schedule == ''${cron}'' && true'`);
    const sources = [file(A, withAction('0 3 * * *')), file(ACTION, quoted('0 3 * * *'))];
    expect(readWorkflowFiles(sources)[0]?.schedules[0]?.refusal).toBeUndefined();
    expect(editRepository(sources, [toFour])[1]).toEqual(file(ACTION, quoted('17 4 * * *')));
  });

  it('is undone by the edit back', () => {
    const sources = [file(A, withAction('0 3 * * *')), file(ACTION, action(IS_THREE))];
    const there = editRepository(sources, [toFour]);
    expect(editRepository(there, [{ ...toFour, to: '0 3 * * *' }])).toEqual(sources);
  });

  it('moves the crons of two callers at once', () => {
    const both = (a: string, b: string) =>
      called(`github.event.schedule == '${a}' || github.event.schedule != '${b}'`);
    const sources = [
      file(A, scheduled('0 3 * * *')),
      file(B, scheduled('0 5 * * *')),
      file(CALLED, both('0 3 * * *', '0 5 * * *')),
    ];
    const edits = [toFour, { path: B, index: 0, to: '7 6 * * *' }];
    expect(editRepository(sources, edits)[2]?.text).toBe(both('17 4 * * *', '7 6 * * *'));
  });

  it.each([
    ['the new cron is that of another caller', '17 4 * * *', IS_THREE, []],
    ['the new cron is compared for something else', '0 5 * * *', `${IS_THREE} || ${IS_FOUR}`, []],
    [
      'the new cron is the old one of another caller',
      '17 4 * * *',
      `${IS_THREE} || ${IS_FOUR}`,
      [{ path: B, index: 0, to: '7 6 * * *' }],
    ],
  ])('is refused where %s', (_, other, condition, more) => {
    const sources = [
      file(A, scheduled('0 3 * * *')),
      file(B, scheduled(other)),
      file(CALLED, called(condition)),
    ];
    expect(() => editRepository(sources, [toFour, ...more])).toThrow(
      expect.objectContaining({ code: 'workflow-refused' }),
    );
  });

  it.each([
    ['two callers have the compared cron', scheduled('0 3 * * *'), called(IS_THREE), `${CALLED}:5`],
    [
      'the cron stands elsewhere in the called workflow',
      scheduled('0 5 * * *'),
      called(IS_THREE).replace('steps: []', 'env: { AT: 0 3 * * * }'),
      `${CALLED}:6`,
    ],
    [
      'the comparison is written with escapes',
      scheduled('0 5 * * *'),
      called('"github.event.schedule == \'0 3 * * \\x2a\'"'),
      `${CALLED}:5`,
    ],
  ])('is not offered where %s', (_, other, text, place) => {
    const files = readWorkflowFiles([file(A, scheduled('0 3 * * *')), file(B, other), file(CALLED, text)]);
    expect(files[0]?.schedules[0]?.refusal).toMatchObject({
      code: 'schedule-expression',
      sentence: expect.stringContaining(place),
    });
  });
});
