import { describe, expect, it } from 'vitest';
import { isWorkflowPath } from '../../src/workflow/paths.ts';
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
  it('refuses schedules whose called workflow looks at the schedule', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', BETWEEN),
      workflow('c.yml', READER),
    ]);
    const refusal = files[0]?.schedules[0]?.refusal;
    expect(refusal?.code).toBe('schedule-expression');
    expect(refusal?.sentence).toContain('.github/workflows/c.yml');
  });

  it('lets them move where no called workflow looks', () => {
    const files = readWorkflowFiles([
      workflow('a.yml', CALLER),
      workflow('b.yml', 'on: workflow_call\njobs: {}\n'),
    ]);
    expect(files[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('ends where workflows call each other in a circle', () => {
    const circle = CALLER.replace('b.yml', 'a.yml');
    expect(readWorkflowFiles([workflow('a.yml', circle)])[0]?.schedules[0]?.refusal).toBeUndefined();
  });

  it('leaves out what GitHub does not run', () => {
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
  ])('%j → %s', (path, expected) => {
    expect(isWorkflowPath(path)).toBe(expected);
  });
});
