import { describe, expect, it } from 'vitest';
import {
  type OnTimeProposalView,
  type OnTimeRow,
  renderOnTimeProposal,
} from '../../src/render/on-time-proposal.ts';
import { NOW } from '../proposal/sample.ts';
import { page } from './github.ts';

const path = '.github/workflows/nightly.yml';

function view(ticks: number): OnTimeProposalView {
  const by = { offbeat: ticks, github: 0, net: 0, person: 0, nobody: 0 };
  const shares = { ticks, onTime: ticks, by, twinsCancelled: 0, twinsLeft: 0 };
  const schedules = [{ cron: '0 2 * * *', timezone: 'UTC' }];
  return {
    rows: [
      {
        path: '.github/workflows/docs.yml',
        to: 'punctual',
        net: 'own',
        schedules,
        late: { minutes: 104, runs: 30, onTime: 1 },
        warnings: [],
      },
    ],
    leftAlone: [],
    net: { runsPerMonth: 30.4, isRemoved: false },
    askedBy: 'mona',
    recentCommitTitles: [],
    soFar: {
      workflows: [{ path, mode: 'punctual', net: 'own', delayMinutes: 0, why: null, shares }],
      beside: ticks === 0 ? null : { ticks, days: ticks, laterMinutes: 104, interval: [60, 150] },
      minutes: { net: ticks, twins: 0 },
      areBilled: true,
      newest: ticks === 0 ? [] : [{ path, tick: NOW, by: 'offbeat', startedAt: NOW + 2_000, githubAt: null }],
    },
  };
}

const textOf = (ticks: number): string =>
  (page(renderOnTimeProposal(view(ticks)).body).textContent ?? '').replaceAll('\u00a0', ' ');

describe('the pull request that puts another workflow on time', () => {
  it('tells how late GitHub has been, and what came of those that are on time already', () => {
    const text = textOf(12);
    expect(text).toContain('1 h 44 min late in the median of 30 runs, 1 within 5 min');
    expect(text).toContain('What came of it so far');
    expect(text).toContain('Offbeat 12');
    expect(text).toContain(
      '1 h 44 min later in the median (95 % interval 1 h to 2 h 30 min for that median; 12 ticks of 12 days)',
    );
  });

  it('says nothing of what has not come yet', () => {
    expect(textOf(0)).not.toContain('What came of it');
  });
});

describe('what the pull request says', () => {
  const row = (to: OnTimeRow['to'], net: OnTimeRow['net']): OnTimeRow => ({
    path,
    to,
    net,
    schedules: [{ cron: '0 2 * * *', timezone: 'UTC' }],
    late: null,
    warnings: [],
  });
  const said = (rows: readonly OnTimeRow[], net: Partial<OnTimeProposalView['net']> = {}): string => {
    const known = view(0);
    const { body } = renderOnTimeProposal({
      ...known,
      rows,
      soFar: undefined,
      net: { ...known.net, ...net },
    });
    return (page(body).textContent ?? '').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');
  };

  it('of the net: what it costs, whom it mails, and when GitHub switches it off', () => {
    const text = said([row('punctual', 'own')]);
    expect(text).toContain('about 33 min of runner time a month: up to 30 runs');
    expect(text).toContain('GitHub mails one person: whoever has edited a cron of offbeat-net.yml last.');
    expect(text).toContain('After 60 days without activity');
    expect(said([row('punctual', 'own')], { runsPerMonth: 8_766 })).toContain(
      'about 6 d 17 h of runner time',
    );
    for (const net of ['cron', 'none'] as const)
      expect(said([row('punctual', net)])).not.toMatch(/runner time|mails one person|60 days/);
  });

  it.each<readonly [string, readonly OnTimeRow[], string]>([
    ['the net', [row('punctual', 'own')], 'the net starts it meanwhile.'],
    ['GitHub', [row('punctual', 'cron'), row('rescue', 'own')], 'GitHub’s own schedule starts it meanwhile.'],
    ['nobody', [row('punctual', 'none')], 'nobody starts it meanwhile.'],
    [
      'whoever a workflow has',
      [row('punctual', 'own'), row('rescue', 'own'), row('punctual', 'none')],
      'the net or GitHub’s own schedule starts it meanwhile, with net: none nobody.',
    ],
  ])('of a failed first run: %s starts the workflow then', (_, rows, clause) => {
    expect(said(rows)).toMatch(
      new RegExp(
        `If the first run that Offbeat starts fails .+ until somebody asks with /on-time; ${clause}`,
      ),
    );
  });

  it('of the way back: that the triggers are as before, and nothing of a net that stays', () => {
    const text = said([row('off', 'own')]);
    expect(text).toContain('After the merge GitHub alone starts this workflow again');
    expect(text).toContain('The triggers are put back as they were before Offbeat changed them.');
    expect(text).not.toContain('offbeat-net.yml');
    expect(said([row('off', 'own')], { isRemoved: true })).toContain('offbeat-net.yml goes');
    expect(text).not.toContain('/on-time off');
  });

  it('of the net alone: nothing that could go wrong, and no workflow that changes', () => {
    const text = said([]);
    expect(text).toContain('This brings offbeat-net.yml up to date');
    expect(text).not.toMatch(/What could go wrong|What changes|After the merge/);
  });
});
