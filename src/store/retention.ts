import { rollUp, withinMonths } from '../history/older-runs.ts';
import type { Run } from '../history/run.ts';
import type { RunHistory } from '../history/run-history.ts';
import { withinThirtyDays } from '../on-time/state.ts';
import type { Decision } from '../plan/decision.ts';
import type { KeptRepository } from './kept-repository.ts';

/** How much of a repository is kept in full; what is older is rolled up, never silently dropped. */
export interface Retention {
  /** Of one workflow file. */
  readonly runsPerWorkflow: number;
  /** Of all files together. */
  readonly runs: number;
  readonly learningEvents: number;
  readonly scheduleVersions: number;
  readonly fullDecisions: number;
  /** Older ones are kept without their schedules, but for those of proposals; all as a whole where it is left out. */
  readonly wholeDecisions?: number;
  readonly auditEvents: number;
}

/**
 * Runs: the learner's memory is O(1) a series, so these serve reports and verdicts. All together they are bounded too,
 * as a repository may have a thousand files: the limit of a file is then lowered for all alike, so that a busy one does
 * not push a weekly one out. Decisions are kept for good; beyond 200 without their alternatives.
 */
export const RETENTION: Retention = {
  runsPerWorkflow: 500,
  // Sixty busy files in full, and 17 MB of memory.
  runs: 30_000,
  learningEvents: 500,
  scheduleVersions: 50,
  fullDecisions: 200,
  // A decision's life has about ten; that is years of them.
  auditEvents: 5_000,
};

/** Lists may grow beyond their bound by this share before they are cut, so that not every run pays for a cut. */
const SLACK = 0.1;

/** A run takes 35 days at most (GitHub's limit of a workflow run): one that began earlier has ended unseen. */
const LONGEST_RUN_MS = 35 * 86_400_000;

/** A repository within bounds. */
export interface Bounded {
  /** The same object where nothing was over. */
  readonly state: KeptRepository;
  /** Runs that are no longer kept one by one: `olderRuns` counts them now. */
  readonly rolledUp: readonly Run[];
}

/** What a change did to the runs of a repository. */
interface RunsChange {
  readonly before: RunHistory;
  readonly changed: readonly Run[];
}

/**
 * So many more runs a history takes before any file can be over its bound: to count thousands of runs takes longer than
 * to learn one. A history is a value, so what was counted of it stays true.
 */
const roomIn = new WeakMap<RunHistory, number>();

/**
 * Puts a repository within bounds; `slack` is the share by which a list may be over before it is cut. `runsChange`
 * spares the count of its runs as long as they cannot be over.
 */
export function withinBounds(
  state: KeptRepository,
  retention: Retention,
  { slack = SLACK, runsChange }: { readonly slack?: number; readonly runsChange?: RunsChange } = {},
): Bounded {
  const { rolledUp, rest } = excessRuns(state.runs, retention, slack, runsChange);
  let bounded = state;
  if (rolledUp.length > 0) {
    bounded = { ...bounded, runs: rest, olderRuns: withinMonths(rollUp(state.olderRuns, rolledUp)) };
  }
  const excess = (list: { readonly length: number }, limit: number): number =>
    list.length > limit * (1 + slack) ? list.length - limit : 0;
  const excessEvents = excess(state.learningLog, retention.learningEvents);
  if (excessEvents > 0) {
    bounded = {
      ...bounded,
      learningLog: state.learningLog.slice(excessEvents),
      olderEvents: state.olderEvents + excessEvents,
    };
  }
  const excessAudit = excess(state.audit, retention.auditEvents);
  if (excessAudit > 0) {
    const olderAudit = state.olderAudit + excessAudit;
    bounded = { ...bounded, audit: state.audit.slice(excessAudit), olderAudit };
  }
  const ticks = withinThirtyDays(state.ticks, slack);
  if (ticks !== state.ticks) bounded = { ...bounded, ticks };
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
  const { wholeDecisions = Number.POSITIVE_INFINITY } = retention;
  if (bounded.decisions.length > wholeDecisions) {
    bounded = { ...bounded, decisions: withHeads(bounded, bounded.decisions.length - wholeDecisions) };
  }
  return { state: bounded, rolledUp };
}

/** The slots that strategies have disputed in so many decisions are replayed to compare them. */
const REPLAYED_DECISIONS = 50;

/**
 * The oldest decisions without the schedules that nothing is asked of any more, and without words: they are still
 * counted, dated and replayed. Those that are too old to be replayed keep nothing of the strategies either.
 */
function withHeads({ decisions, proposals }: KeptRepository, oldest: number): readonly Decision[] {
  const carried = new Set(proposals.map(({ decisionId }) => decisionId));
  return decisions.map((decision, index) => {
    if (index >= oldest || carried.has(decision.id) || isBare(decision)) return decision;
    const isReplayed = index >= decisions.length - REPLAYED_DECISIONS;
    const picks = isReplayed ? (decision.strategies ?? []).flatMap((strategy) => strategy.picks) : [];
    const disputed = new Set(picks.map(({ key }) => key));
    const schedules = decision.schedules.filter(({ key }) => disputed.has(key)).map(replayedRow);
    return isReplayed ? { ...decision, schedules } : withoutStrategies({ ...decision, schedules });
  });
}

function isBare({ schedules, strategies }: Decision): boolean {
  return schedules.length === 0 && strategies === undefined;
}

/** A row as far as it is replayed: what it picked, and what was expected of that. */
function replayedRow({
  explanation: _explanation,
  cautions: _cautions,
  ...row
}: Decision['schedules'][number]): Decision['schedules'][number] {
  const { today, proposed } = row;
  const expected = row.outcome === 'move' ? { today: null, proposed } : { today, proposed: null };
  return { ...row, reasons: [], alternatives: [], ...expected };
}

function withoutStrategies({ strategies: _, ...decision }: Decision): Decision {
  return decision;
}

function excessRuns(
  history: RunHistory,
  { runs, runsPerWorkflow }: Retention,
  slack: number,
  runsChange: RunsChange | undefined,
): { readonly rolledUp: readonly Run[]; readonly rest: RunHistory } {
  const mostOfOne = runsPerWorkflow * (1 + slack);
  const asIs = { rolledUp: [], rest: history };
  // Asked after every change: with so few runs there is nothing to count.
  if (history.length <= Math.min(mostOfOne, runs)) return asIs;
  const isOverInAll = history.length > runs * (1 + slack);
  const room = runsChange === undefined ? undefined : roomIn.get(runsChange.before);
  const left = (room ?? 0) - (runsChange?.changed.length ?? 0);
  if (!isOverInAll && room !== undefined && left >= 0) {
    roomIn.set(history, left);
    return asIs;
  }
  const byFile = countByFile(history);
  const most = byFile.values().reduce((largest, count) => Math.max(largest, count), 0);
  if (!isOverInAll && most <= mostOfOne) {
    roomIn.set(history, Math.floor(mostOfOne) - most);
    return asIs;
  }
  const limit = limitOfOne([...byFile.values()], runs, runsPerWorkflow);
  // More files than runs: the oldest of all go.
  const excess =
    limit === 0
      ? countByFile(history.slice(0, history.length - runs))
      : new Map([...byFile].map(([path, count]) => [path, count - limit]));
  // What still goes on is no history yet. It is spared within the slack, so that the bound holds whatever ends unseen.
  const spared = new Map<string, number>();
  const startedAfter = (history.at(-1)?.createdAt ?? 0) - LONGEST_RUN_MS;
  const isSpared = ({ path, endedAt, createdAt }: Run): boolean => {
    const others = spared.get(path) ?? 0;
    if (endedAt !== null || createdAt < startedAfter || others >= SLACK * limit) return false;
    spared.set(path, others + 1);
    return true;
  };
  const rolledUp: Run[] = [];
  const rest: Run[] = [];
  for (const run of history) {
    const left = excess.get(run.path) ?? 0;
    if (left <= 0 || isSpared(run)) {
      rest.push(run);
    } else {
      excess.set(run.path, left - 1);
      rolledUp.push(run);
    }
  }
  return { rolledUp, rest };
}

function countByFile(history: Iterable<Run>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of history) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

/**
 * The most that each of several counts may be, so that their sum is within `most`; the small ones leave room to the
 * others.
 */
function limitOfOne(counts: readonly number[], most: number, mostOfOne: number): number {
  let [room, left] = [most, counts.length];
  for (const count of counts.toSorted((a, b) => a - b)) {
    const share = Math.floor(room / left);
    if (count > share) return Math.min(share, mostOfOne);
    room -= count;
    left -= 1;
  }
  return mostOfOne;
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
