import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { DEFAULT_GENES } from '../../../src/genes/genes.ts';
import { scheduleKey } from '../../../src/history/run.ts';
import type { Proposal } from '../../../src/proposal/proposal.ts';
import { learnHistory } from '../../../src/usecases/learning/learn-history.ts';
import { type PlanSources, planInput } from '../../../src/usecases/planning/plan-input.ts';
import { readWorkflowFiles } from '../../../src/workflow/read-repository.ts';
import { NOW } from '../fakes.ts';

const PATH = '.github/workflows/nightly.yml';
const DAY_MS = 86_400_000;

function merged(from: string, to: string, daysAgo: number): Proposal {
  const at = NOW - daysAgo * DAY_MS;
  return {
    version: 1,
    decisionId: `d${daysAgo}`,
    pullNumber: daysAgo,
    url: '',
    branch: '',
    headSha: '',
    moves: [{ key: scheduleKey(PATH, 0), path: PATH, index: 0, from, to, timezone: 'UTC' }],
    state: 'merged',
    openedAt: at,
    changedAt: at,
    changedBy: null,
    mergedAt: at,
  };
}

function candidates(
  cron: string,
  proposals: readonly Proposal[],
  more: Pick<PlanSources, 'punctual' | 'blocked'> & { readonly rules?: string } = {},
): readonly string[] {
  const { rules = '', ...paths } = more;
  const files = readWorkflowFiles([
    {
      path: PATH,
      text: `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  job:\n    runs-on: ubuntu-latest\n`,
    },
  ]);
  const known = learnHistory([], { entries: [] });
  const input = planInput({
    files,
    config: parseConfig(`max-shift: 3h\n${rules}`),
    ...known,
    proposals,
    ...paths,
    genes: DEFAULT_GENES,
    now: NOW,
  });
  return input.schedules[0]?.candidates.map((candidate) => candidate.cron) ?? [];
}

describe('a schedule that was moved before', () => {
  const twice = [merged('0 5 * * *', '57 3 * * *', 60), merged('57 3 * * *', '3 3 * * *', 30)];

  it('goes no further from where its author had it than was written down, in whatever order its proposals are kept', () => {
    for (const proposals of [twice, twice.toReversed()]) {
      const crons = candidates('3 3 * * *', proposals);
      expect(crons).toContain('0 5 * * *');
      expect(crons).toContain('57 7 * * *');
      expect(crons).toContain('3 2 * * *');
      expect(crons).not.toContain('57 1 * * *');
    }
  });

  it('is its author’s again where a person has changed it since, or it was taken back', () => {
    expect(candidates('10 3 * * *', twice)).toEqual(candidates('10 3 * * *', []));
    const back = [...twice, merged('3 3 * * *', '57 3 * * *', 10)];
    expect(candidates('57 3 * * *', back)).toContain('57 7 * * *');
    expect(candidates('57 3 * * *', back)).not.toContain('57 1 * * *');
  });
});

describe('a schedule of a workflow that is started at its ticks', () => {
  it('is not moved', () => {
    expect(candidates('3 3 * * *', [], { punctual: [PATH] })).toEqual([]);
    const others = { punctual: ['.github/workflows/other.yml'] };
    expect(candidates('3 3 * * *', [], others)).not.toEqual([]);
  });
});

describe('a schedule of a workflow that is asked to be started at its ticks', () => {
  const rules = 'on-time: punctual\n';

  it('is moved only where something stands in the way of that, and no pull request puts it on time', () => {
    expect(candidates('3 3 * * *', [], { rules })).toEqual([]);
    const asBefore = candidates('3 3 * * *', []);
    expect(candidates('3 3 * * *', [], { rules, blocked: [PATH] })).toEqual(asBefore);
    const onTime = [{ path: PATH, to: 'punctual', net: 'own' }] as const;
    const open: Proposal = { ...merged('', '', 1), moves: [], state: 'open', onTime: [...onTime] };
    expect(candidates('3 3 * * *', [open], { rules, blocked: [PATH] })).toEqual([]);
  });
});

describe('a schedule of a workflow that an open pull request puts on time', () => {
  const onTime = [{ path: PATH, to: 'punctual', net: 'own' }] as const;

  it('is not moved before that is decided', () => {
    const open: Proposal = { ...merged('', '', 1), moves: [], state: 'open', onTime: [...onTime] };
    expect(candidates('0 5 * * *', [open])).toEqual([]);
    expect(candidates('0 5 * * *', [{ ...open, state: 'closed' }])).toEqual(candidates('0 5 * * *', []));
  });
});
