import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ProposalState, ProposalState as States } from '../../src/proposal/proposal.ts';
import { advance, nextState, type ProposalEvent } from '../../src/proposal/state.ts';
import { NOW, proposal } from './sample.ts';

const EVENTS: readonly ProposalEvent[] = ['merge', 'close', 'supersede', 'expire', 'reopen'];
const LEGAL: readonly (readonly [ProposalState, ProposalEvent, ProposalState])[] = [
  ['open', 'merge', 'merged'],
  ['open', 'close', 'closed'],
  ['open', 'supersede', 'superseded'],
  ['open', 'expire', 'expired'],
  ['closed', 'reopen', 'open'],
  ['superseded', 'reopen', 'open'],
  ['expired', 'reopen', 'open'],
];

describe('state of a proposal', () => {
  it('changes by exactly the steps of the table', () => {
    const steps = States.options.flatMap((state) =>
      EVENTS.flatMap((event) => {
        const next = nextState(state, event);
        return next === null ? [] : [[state, event, next]];
      }),
    );
    expect(steps.toSorted()).toEqual(LEGAL.map((step) => [...step]).toSorted());
  });

  it('keeps when and by whom it was changed', () => {
    const step = advance(proposal(), 'merge', NOW, 'octocat');
    expect(step).toMatchObject({
      kind: 'changed',
      from: 'open',
      proposal: { state: 'merged', changedAt: NOW, changedBy: 'octocat' },
    });
  });

  it('is the same after an event that is delivered twice', () => {
    const once = advance(proposal(), 'close', NOW, 'octocat');
    const twice = advance(once.proposal, 'close', NOW + 1, 'octocat');
    expect(twice).toEqual({ kind: 'unchanged', proposal: once.proposal });
  });

  it.each(['superseded', 'expired'] as const)(
    'stays %s when GitHub reports the pull request closed',
    (state) => {
      expect(advance(proposal({ state }), 'close', NOW, 'offbeat[bot]').proposal.state).toBe(state);
    },
  );

  it('stays merged, whatever events follow', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS)), (events) => {
        const merged = proposal({ state: 'merged' });
        const after = events.reduce((now, event) => advance(now, event, NOW, null).proposal, merged);
        expect(after).toEqual(merged);
      }),
    );
  });

  it('refuses an impossible event with a sentence', () => {
    expect(advance(proposal({ state: 'closed' }), 'merge', NOW, null)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('closed cannot merge'),
    });
  });
});
