import type { LifeState } from './audit.ts';
import type { Proposal, ProposalState } from './proposal.ts';

/** The state that an event leads to, from wherever it is possible. */
const REACHES = {
  merge: 'merged',
  close: 'closed',
  supersede: 'superseded',
  expire: 'expired',
  reopen: 'open',
  watch: 'watching',
  improve: 'improved',
  'make-no-difference': 'no-difference',
  worsen: 'worse',
  'stay-unclear': 'inconclusive',
  'roll-back': 'rolled-back',
} as const satisfies Record<string, ProposalState>;

/** What can happen to a proposal: events of its pull request, and verdicts after the merge. */
export type ProposalEvent = keyof typeof REACHES;

/**
 * The events that are possible in a state. A person who reopens a pull request overrules the App, which has superseded
 * it or let it expire. A merged one can be rolled back at any time, by the merge of another.
 */
const POSSIBLE: Readonly<Record<ProposalState, readonly ProposalEvent[]>> = {
  open: ['merge', 'close', 'supersede', 'expire'],
  closed: ['reopen'],
  superseded: ['reopen'],
  expired: ['reopen'],
  merged: ['watch', 'roll-back'],
  watching: ['improve', 'make-no-difference', 'worsen', 'stay-unclear', 'roll-back'],
  improved: ['roll-back'],
  'no-difference': ['roll-back'],
  worse: ['roll-back'],
  inconclusive: ['roll-back'],
  'rolled-back': [],
};

export type Transition =
  | { readonly kind: 'changed'; readonly from: ProposalState; readonly proposal: Proposal }
  /** The proposal is already in that state: the same event was delivered twice. */
  | { readonly kind: 'unchanged'; readonly proposal: Proposal }
  | { readonly kind: 'refused'; readonly proposal: Proposal; readonly why: string };

/** State after `event`, or `null` where the event is impossible in this state. */
export function nextState(state: ProposalState, event: ProposalEvent): ProposalState | null {
  return POSSIBLE[state].includes(event) ? REACHES[event] : null;
}

const UNMERGED: ReadonlySet<ProposalState> = new Set(['open', 'closed', 'superseded', 'expired']);

/** Whether its crons reached the default branch, whatever the verdict on them. */
export function wasMerged({ state }: Pick<Proposal, 'state'>): boolean {
  return !UNMERGED.has(state);
}

/** When it was merged, epoch ms. */
export function mergedAt({ mergedAt: at, changedAt }: Pick<Proposal, 'mergedAt' | 'changedAt'>): number {
  return at ?? changedAt;
}

/** The same state as that of a decision: an open pull request is a decision that was proposed. */
export function lifeStateOf(state: ProposalState): LifeState {
  return state === 'open' ? 'proposed' : state;
}

/** The proposal after an event at `at` (epoch ms) by a login; `null` for the App itself. */
export function advance(proposal: Proposal, event: ProposalEvent, at: number, by: string | null): Transition {
  if (proposal.state === REACHES[event]) return { kind: 'unchanged', proposal };
  // GitHub also reports the App's own closing of a pull request, which has set a more exact state.
  if (event === 'close' && (proposal.state === 'superseded' || proposal.state === 'expired')) {
    return { kind: 'unchanged', proposal };
  }
  // A merge may be reported again when the proposal has gone on since.
  if (event === 'merge' && wasMerged(proposal)) return { kind: 'unchanged', proposal };
  const state = nextState(proposal.state, event);
  if (state === null) {
    return {
      kind: 'refused',
      proposal,
      why: `A proposal that is ${proposal.state} cannot ${event}; nothing was changed.`,
    };
  }
  return {
    kind: 'changed',
    from: proposal.state,
    proposal: {
      ...proposal,
      state,
      changedAt: at,
      changedBy: by,
      ...(event === 'merge' ? { mergedAt: at } : {}),
    },
  };
}
