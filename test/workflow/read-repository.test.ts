import { describe, expect, it } from 'vitest';
import { isWorkflowPath, pathWithoutRef } from '../../src/workflow/paths.ts';
import { readWorkflowFiles } from '../../src/workflow/read-repository.ts';

function workflow(name: string, text: string) {
  return { path: `.github/workflows/${name}`, text };
}

const CALLER =
  "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n";
const BETWEEN = 'on: workflow_call\njobs:\n  b:\n    uses: ./.github/workflows/c.yml\n';
const READER =
  "on: workflow_call\njobs:\n  c:\n    runs-on: x\n    if: github.event.schedule == '0 3 * * *'\n";

describe('readWorkflowFiles', () => {
  it('refuses schedules of a workflow that calls one which reads the schedule', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', BETWEEN),
      workflow('c.yml', READER),
    ]);
    const refusal = files[0]?.schedules[0]?.refusal;
    expect(refusal?.code).toBe('schedule-expression');
    expect(refusal?.sentence).toContain('.github/workflows/c.yml');
  });

  it('does not refuse them where no called workflow reads it', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', 'on: workflow_call\njobs: {}\n'),
    ]);
    expect(files[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('follows a call of a file with an "@" in its name', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER.replace('b.yml', 'b@prod.yml')),
      workflow('b@prod.yml', READER),
    ]);
    expect(files[0]?.schedules[0]?.refusal?.code).toBe('schedule-expression');
  });

  it('ends where workflows call each other in a circle', () => {
    const circle = CALLER.replace('b.yml', 'a.yml');
    expect(readWorkflowFiles([workflow('a.yml', circle)])[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('leaves out files that GitHub does not run', () => {
    expect(
      readWorkflowFiles([{ path: '.github/workflows/old/a.yml', text: CALLER }, workflow('a.txt', CALLER)]),
    ).toEqual([]);
  });
});

describe('isWorkflowPath', () => {
  it.each([
    ['.github/workflows/a.yml', true],
    ['.github/workflows/a b.yaml', true],
    ['.github/workflows/.yml', false],
    ['.github/workflows/a.yml/b', false],
    ['.github/workflows/sub/a.yml', false],
    ['x/.github/workflows/a.yml', false],
    ['.github/workflows/../a.yml', false],
    ['dynamic/pages/pages-build-deployment', false],
    ['.github/workflows/a.YML', false],
    ['.github/workflows/a.yml\n', false],
    ['.github/workflows/deploy@prod.yml', true],
  ])('%j → %s', (path, expected) => {
    expect(isWorkflowPath(path)).toBe(expected);
  });
});

describe('pathWithoutRef', () => {
  it.each([
    ['a.yml', 'a.yml'],
    ['a.yml@main', 'a.yml'],
    ['a.yaml@refs/heads/main', 'a.yaml'],
    ['deploy@prod.yml', 'deploy@prod.yml'],
    ['deploy@prod.yml@refs/heads/main', 'deploy@prod.yml'],
    ['@.yml@main', '@.yml'],
    ['a.yml@b.yml@refs/heads/main', 'a.yml@b.yml'],
    ['a.yml@refs/heads/user@host', 'a.yml'],
    ['a.yml@refs/heads/fix.yml@2', 'a.yml'],
  ])('%s → %s', (path, expected) => {
    expect(pathWithoutRef(`.github/workflows/${path}`)).toBe(`.github/workflows/${expected}`);
  });
});
