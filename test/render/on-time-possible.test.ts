import { expect, it } from 'vitest';
import type { OnTimeWorkflow } from '../../src/render/check-view.ts';
import { onTimeBlock } from '../../src/render/on-time-possible.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';

const free: OnTimeWorkflow = { path: '.github/workflows/a.yml', mode: 'off', possible: true, obstacles: [] };
const held: OnTimeWorkflow = {
  path: '.github/workflows/b.yml',
  mode: 'off',
  possible: false,
  obstacles: [
    {
      code: 'event-read',
      kind: 'blocking',
      path: '.github/workflows/b.yml',
      line: 7,
      sentence: 'It reads the event.',
      fix: 'Leave that out.',
    },
  ],
};
const shown = (workflows: readonly OnTimeWorkflow[]) =>
  toTerminal([onTimeBlock(workflows, [])], { columns: 200, color: false });

it('repeats no reason that stands above', () => {
  const told = [{ path: held.path, sentence: 'Line 7, column 3: it reads the event.' }];
  const text = toTerminal([onTimeBlock([free, held], told)], { columns: 200, color: false });
  expect(text).toContain('b.yml: for the reason given above.');
  expect(text).not.toContain('It reads the event');
});

it('tells which workflows could be started on their minute, also where nothing stands in the way of any', () => {
  expect(shown([free])).toBe(
    '1 of 1 workflow could be started on its minute by Offbeat. # offbeat: punctual beside a cron asks for it.',
  );
  expect(shown([free, held])).toMatch(
    /^1 of 2 workflows .+\n+.*b\.yml: Line 7: It reads the event\. Leave that out\./,
  );
});

it('offers the directive only while a workflow is not on time by its files', () => {
  const asked: OnTimeWorkflow = { ...free, mode: 'punctual' };
  expect(shown([asked])).toBe(
    '1 of 1 workflow could be started on its minute by Offbeat. The files ask for it.',
  );
  expect(shown([asked, free])).toMatch(
    /^2 of 2 workflows could be started on their minute .*# offbeat: punctual/,
  );
});
