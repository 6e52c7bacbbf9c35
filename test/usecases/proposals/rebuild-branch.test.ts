import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { proposal } from '../../proposal/sample.ts';
import { fakeContext, NOW, SEEN } from '../fakes.ts';

const KNOWN = proposal({ changedAt: NOW });
const [MOVE] = KNOWN.moves;
const text = (cron: string) => `on:\n  schedule:\n    - cron: '${cron}' # moved by people\njobs: {}\n`;
const pull = {
  open: true,
  merged: false,
  mergedBy: null,
  closedAt: null,
  headSha: KNOWN.headSha,
  baseBranch: 'main',
  body: 'Why.',
  conflicts: true,
};

async function maintained(over: Parameters<typeof fakeContext>[0] = {}, known = KNOWN) {
  const files = [{ path: MOVE?.path ?? '', text: text(MOVE?.from ?? '') }];
  const fake = fakeContext({ files, config: 'mode: suggest\nsign-off: true\n', pull, sha: 'new', ...over });
  await meetRepository(fake.context, SEEN);
  await fake.store.apply(SEEN.id, { proposals: [known] });
  await runMaintenance(fake.context, SEEN.id);
  const { branches, pulls } = fake.written;
  return { branches, pulls, state: fake.store.states.get(SEEN.id) };
}

describe('an open proposal that conflicts with its base', () => {
  it('has its branch made anew with the same moves, and its text stays', async () => {
    const { branches, pulls, state } = await maintained();
    expect(branches).toEqual([
      {
        branch: KNOWN.branch,
        baseSha: 'new',
        knownHeadSha: KNOWN.headSha,
        commitMessage: expect.stringContaining(`${MOVE?.from} → ${MOVE?.to}`),
        signOff: true,
        files: [{ path: MOVE?.path, text: text(MOVE?.to ?? '') }],
      },
    ]);
    expect(pulls).toEqual([]);
    expect(state?.proposals).toEqual([{ ...KNOWN, headSha: 'rebuilt-1' }]);
    expect(state?.audit).toContainEqual(
      expect.objectContaining({ kind: 'written', pullNumber: KNOWN.pullNumber }),
    );
  });

  it.each([
    ['it does not conflict', { pull: { ...pull, conflicts: false } }, KNOWN],
    ['somebody has taken it over', {}, { ...KNOWN, takenOverBy: 'mona' }],
    ['its cron was changed', { files: [{ path: MOVE?.path ?? '', text: text('5 5 * * *') }] }, KNOWN],
    ['nothing may be written', { config: 'mode: observe\n' }, KNOWN],
    ['somebody is quicker', { refusal: new OffbeatError('branch-taken', 'Theirs.') }, KNOWN],
  ])('is left as it is where %s', async (_, over, known) => {
    const { branches, state } = await maintained(over, known);
    expect(branches).toEqual([]);
    expect(state?.proposals).toEqual([known]);
  });
});
