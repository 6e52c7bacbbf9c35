import { describe, expect, it } from 'vitest';
import { type DescribedEdit, describedEdit } from '../../src/workflow/described-edit.ts';

const edit = (text: string, change: DescribedEdit) => describedEdit('.github/workflows/ci.yml', text, change);

describe('a need goes', () => {
  const text = (needs: string) => `on: push\njobs:\n  a:\n    runs-on: x\n  b:\n${needs}    runs-on: x\n`;
  it.each([
    ['the only one, a text', '    needs: a\n', ''],
    ['the only one of a list', '    needs: [a] # first\n', ''],
    ['the only line of a list', '    needs:\n      - a\n', ''],
    ['one of a list', '    needs: [ a, "c" ] # first\n', '    needs: [c] # first\n'],
    [
      'one line of a list',
      '    needs:\n      - c\n      - a # first\n      # last\n',
      '    needs:\n      - c\n      # last\n',
    ],
    ['one line at the key\u2019s indentation', '    needs:\n    - a\n    - c\n', '    needs:\n    - c\n'],
  ])('%s, and every other byte stays', (_, before, after) => {
    const change = { kind: 'without-need', job: 'b', need: 'a' } as const;
    expect(edit(text(before), change)).toBe(text(after));
    const windows = (lines: string) => lines.replaceAll('\n', '\r\n');
    expect(edit(windows(text(before)), change)).toBe(windows(text(after)));
  });

  it('from no job that is written in one line', () => {
    const change = { kind: 'without-need', job: 'b', need: 'a' } as const;
    expect(edit('jobs:\n  a: { runs-on: x }\n  b: { needs: a, runs-on: x }\n', change)).toBeNull();
  });
});

describe('two shards', () => {
  const text = (strategy: string) => `on: push\njobs:\n  t:\n${strategy}    runs-on: x\n`;
  const change = { kind: 'two-shards', job: 't' } as const;
  it.each([
    ['are a matrix where there is none', '', '    strategy:\n      matrix:\n        shard: [1, 2]\n'],
    [
      'stand in the strategy that is there',
      '    strategy:\n      fail-fast: false\n',
      '    strategy:\n      matrix:\n        shard: [1, 2]\n      fail-fast: false\n',
    ],
    [
      'are another axis of the matrix that is there',
      '    strategy:\n      matrix:\n        os: [a, b, c]\n',
      '    strategy:\n      matrix:\n        shard: [1, 2]\n        os: [a, b, c]\n',
    ],
  ])('%s', (_, before, after) => {
    expect(edit(text(before), change)).toBe(text(after));
  });

  it.each([
    ['rules', '    strategy:\n      matrix:\n        os: [a]\n        include: [{ os: a, x: 1 }]\n'],
    ['shards', '    strategy:\n      matrix:\n        shard: [1, 2]\n'],
    ['an expression', "    strategy:\n      matrix: ${{ fromJSON('{}') }}\n"],
    ['a matrix in one line', '    strategy: { matrix: { os: [a, b] } }\n'],
  ])('are not drawn where the job has %s', (_, before) => {
    expect(edit(text(before), change)).toBeNull();
  });
});

it('cancels runs before the jobs of the file, and runs a schedule at other times', () => {
  const text = "on:\n  schedule:\n    - cron: '7 * * * *' # look\n\njobs:\n  a:\n    runs-on: x\n";
  expect(edit(text, { kind: 'cancel-in-progress' })).toBe(
    text.replace(
      'jobs:',
      'concurrency:\n  group: ${{ github.workflow }}-${{ github.ref }}\n  cancel-in-progress: true\njobs:',
    ),
  );
  expect(edit(text, { kind: 'cron', index: 0, to: '7 */2 * * *' })).toBe(text.replace('7 *', '7 */2'));
});
