import { describe, expect, it } from 'vitest';
import { type OnTimeProposalView, renderOnTimeProposal } from '../../src/render/on-time-proposal.ts';
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
      '1 h 44 min later in the median (95 % between 1 h and 2 h 30 min; 12 ticks of 12 days)',
    );
  });

  it('says nothing of what has not come yet', () => {
    expect(textOf(0)).not.toContain('What came of it');
  });
});
