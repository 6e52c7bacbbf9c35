import { expect, it } from 'vitest';
import { movesOf } from '../../../src/proposal/moves.ts';
import { changesComparisons } from '../../../src/usecases/proposals/comments-to-look-at.ts';
import { editRepository } from '../../../src/workflow/edit-repository.ts';
import { decision } from '../../proposal/sample.ts';

const nightly = (job: string) => ({
  path: '.github/workflows/nightly.yml',
  text: `on:\n  schedule:\n    - cron: '0 2 * * *'\n    - cron: '0 5 * * 0'\njobs:\n  a:\n    ${job}\n`,
});
const compares = (cron: string) => `if: github.event.schedule == '${cron}'\n    runs-on: x`;
const called = {
  path: '.github/workflows/called.yml',
  text: `on: workflow_call\njobs:\n  b:\n    ${compares('0 2 * * *')}\n`,
};

it.each([
  ['with the moved cron', [nightly(compares('0 2 * * *'))], true],
  ['in a called workflow', [nightly('uses: ./.github/workflows/called.yml'), called], true],
  ['with another cron of the file', [nightly(compares('0 5 * * 0'))], false],
  ['nowhere', [nightly('runs-on: x')], false],
])('tells whether the schedule is compared %s', (_, files, isChanged) => {
  const moved = decision();
  expect(changesComparisons(files, editRepository(files, movesOf(moved)), moved)).toBe(isChanged);
});
