import { rollUp } from '../history/older-runs.ts';
import type { Decision } from '../plan/decision.ts';
import type { KeptRepository } from './kept-repository.ts';
import { packedRuns } from './packed-runs.ts';

/** How much of a repository is kept in full; what is older is rolled up, never silently dropped. */
export interface Retention {
  readonly runs: number;
  readonly learningEvents: number;
  readonly scheduleVersions: number;
  readonly fullDecisions: number;
  readonly auditEvents: number;
}

/**
 * Runs: the learner's memory is O(1) a series, so these serve reports and verdicts; 10,000 are four months of a
 * repository with 80 runs a day, and half a megabyte. Decisions are kept for good; beyond 200 without their alternatives.
 */
export const RETENTION: Retention = {
  runs: 10_000,
  learningEvents: 500,
  scheduleVersions: 50,
  fullDecisions: 200,
  // A decision's life has about ten; that is years of them.
  auditEvents: 5_000,
};

/** Lists may grow beyond their bound by this share before they are cut, so that not every run pays for a cut. */
const SLACK = 0.1;

/** The same repository within bounds; the same object where nothing was over. */
export function withinBounds(state: KeptRepository, retention: Retention): KeptRepository {
  let bounded = state;
  const excessRuns = excess(state.runs, retention.runs);
  if (excessRuns > 0) {
    const { oldest, rest } = packedRuns(state.runs).withoutOldest(excessRuns);
    bounded = { ...bounded, runs: rest, olderRuns: rollUp(state.olderRuns, oldest) };
  }
  const excessEvents = excess(state.learningLog, retention.learningEvents);
  if (excessEvents > 0) {
    const olderEvents = state.olderEvents + excessEvents;
    bounded = { ...bounded, learningLog: state.learningLog.slice(excessEvents), olderEvents };
  }
  const excessAudit = excess(state.audit, retention.auditEvents);
  if (excessAudit > 0) {
    const olderAudit = state.olderAudit + excessAudit;
    bounded = { ...bounded, audit: state.audit.slice(excessAudit), olderAudit };
  }
  if (state.scheduleVersions.length > retention.scheduleVersions) {
    bounded = { ...bounded, scheduleVersions: state.scheduleVersions.slice(-retention.scheduleVersions) };
  }
  const oldDecisions = state.decisions.length - retention.fullDecisions;
  if (oldDecisions > 0 && state.decisions.slice(0, oldDecisions).some(isFull)) {
    const decisions = state.decisions.map((decision, index) =>
      index < oldDecisions ? outline(decision) : decision,
    );
    bounded = { ...bounded, decisions };
  }
  return bounded;
}

function excess(list: { readonly length: number }, limit: number): number {
  return list.length > limit * (1 + SLACK) ? list.length - limit : 0;
}

function isFull(decision: Decision): boolean {
  return decision.schedules.some(({ alternatives }) => alternatives.length > 0);
}

function outline(decision: Decision): Decision {
  return {
    ...decision,
    schedules: decision.schedules.map((schedule) => ({ ...schedule, alternatives: [] })),
  };
}
