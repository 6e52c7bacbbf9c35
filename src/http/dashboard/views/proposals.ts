import { fileOf } from '../../../history/run.ts';
import type { Proposal } from '../../../proposal/proposal.ts';
import { mergedAt, wasMerged } from '../../../proposal/state.ts';
import type { Finding, Measure, Verdict } from '../../../proposal/verdict/verdict.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { workflowNames } from './workflow-names.ts';

export interface FindingLine extends Finding {
  readonly name: string;
}

export interface ProposalLine {
  readonly proposal: Proposal;
  readonly moves: readonly (Proposal['moves'][number] & { readonly name: string })[];
  /** Epoch ms; `null` where it was never merged. */
  readonly mergedAt: number | null;
  readonly verdict: Verdict | null;
  readonly findings: readonly FindingLine[];
}

/** Every proposal, newest first, with what was measured after its merge. */
export function proposalsView(state: RepositoryState): readonly ProposalLine[] {
  const nameOf = workflowNames(state);
  const nameOfKey = (key: string): string => nameOf(fileOf(key));
  return state.proposals
    .map((proposal) => ({
      proposal,
      moves: proposal.moves.map((move) => ({ ...move, name: nameOf(move.path) })),
      mergedAt: wasMerged(proposal) ? mergedAt(proposal) : null,
      verdict: proposal.verdict ?? null,
      findings: (proposal.verdict?.findings ?? []).map((finding) => ({
        ...finding,
        name: nameOfKey(finding.key),
      })),
    }))
    .reverse();
}

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
