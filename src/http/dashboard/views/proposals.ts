import { fileOf } from '../../../history/run.ts';
import { mergedAt, wasMerged } from '../../../proposal/state.ts';
import type { Measure } from '../../../proposal/verdict/verdict.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { workflowNames } from './workflow-names.ts';

/** Every proposal, newest first, with what was measured after its merge. */
export function proposalsView(state: RepositoryState) {
  const nameOf = workflowNames(state);
  return state.proposals
    .map((proposal) => ({
      proposal,
      moves: proposal.moves.map((move) => ({ ...move, name: nameOf(move.path) })),
      /** Epoch ms; `null` where it was never merged. */
      mergedAt: wasMerged(proposal) ? mergedAt(proposal) : null,
      verdict: proposal.verdict ?? null,
      findings: (proposal.verdict?.findings ?? []).map((finding) => ({
        ...finding,
        name: nameOf(fileOf(finding.key)),
      })),
    }))
    .reverse();
}

export type ProposalLine = ReturnType<typeof proposalsView>[number];
export type FindingLine = ProposalLine['findings'][number];

/** The name of a measure and the unit of its figures. */
export const MEASURES: Readonly<
  Record<Measure, { readonly words: string; readonly unit: 'share' | 'seconds' | 'minutes' | 'count' }>
> = {
  failure: { words: 'share of runs that fail', unit: 'share' },
  duration: { words: 'duration', unit: 'seconds' },
  lateness: { words: 'lateness', unit: 'minutes' },
  overlap: { words: 'shared with other runs', unit: 'minutes' },
  queue: { words: 'wait of other jobs for a runner', unit: 'seconds' },
  'cut-off': { words: 'runs cut off at the limit', unit: 'count' },
};
