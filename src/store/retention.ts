import { rollUp, withinMonths } from '../history/older-runs.ts';
import type { Run } from '../history/run.ts';
import type { RunHistory } from '../history/run-history.ts';
import { withinThirtyDays } from '../on-time/state.ts';
import type { Decision } from '../plan/decision.ts';
import type { Proposal } from '../proposal/proposal.ts';
import { DAY_MS } from '../time.ts';
import type { KeptRepository } from './kept-repository.ts';

/** Bounds on the lists of a repository. Older items are rolled up into sums or counts. */
export interface Retention {
  /** Most runs kept for one workflow file. */
  readonly runsPerWorkflow: number;
  /** Most runs kept for all files together. */
  readonly runs: number;
  readonly learningEvents: number;
  readonly scheduleVersions: number;
  readonly fullDecisions: number;
  /** Decisions that keep their schedules, besides those that proposals name; all where it is left out. */
  readonly wholeDecisions?: number;
  readonly auditEvents: number;
}

/**
 * Runs: the learner's memory is O(1) a series, so these serve reports and verdicts. Their sum is bounded too, as a
 * repository may have a thousand files: then the limit of each file is lowered alike, so that busy files do not push
 * out weekly ones. Decisions are kept for good; all but the newest 200 lose their alternatives.
 */
export const RETENTION: Retention = {
  runsPerWorkflow: 500,
  // Sixty busy files in full, and 17 MB of memory.
  runs: 30_000,
  learningEvents: 500,
  scheduleVersions: 50,
  fullDecisions: 200,
  // A decision causes about ten events, so this is years of them.
  auditEvents: 5_000,
};

/** Lists may grow beyond their bound by this share before they are cut, so that not every run pays for a cut. */
const SLACK = 0.1;

/** GitHub's limit of a workflow run: an older run has ended, although nobody saw its end. */
const LONGEST_RUN_MS = 35 * DAY_MS;

/** A repository within bounds. */
export interface Bounded {
  /** The same object where no list was over its bound. */
  readonly state: KeptRepository;
  /** Runs that are no longer kept one by one: `olderRuns` counts them now. */
  readonly rolledUp: readonly Run[];
}

/** The runs before a change, and the runs that it adds or replaces. */
interface RunsChange {
  readonly before: RunHistory;
  readonly changed: readonly Run[];
}

/** Runs that fit before a file can exceed its bound, which saves counting; valid as histories never change. */
const roomIn = new WeakMap<RunHistory, number>();

/**
 * Cuts a repository down to its bounds. A list is cut once it exceeds its bound by the share `slack`. With `runsChange`
 * the runs are counted only where they may exceed a bound.
 */
export function withinBounds(
  state: KeptRepository,
  retention: Retention,
  { slack = SLACK, runsChange }: { readonly slack?: number; readonly runsChange?: RunsChange } = {},
): Bounded {
  const { rolledUp, rest } = excessRuns(state.runs, retention, slack, runsChange);
  const excess = (list: { readonly length: number }, limit: number): number =>
    list.length > limit * (1 + slack) ? list.length - limit : 0;
  const events = excess(state.learningLog, retention.learningEvents);
  const audit = excess(state.audit, retention.auditEvents);
  const ticks = withinThirtyDays(state.ticks, slack);
  const decisions = boundedDecisions(state, retention);
  const cut: Partial<KeptRepository> = {
    ...(rolledUp.length > 0 && {
      runs: rest,
      olderRuns: withinMonths(rollUp(state.olderRuns, rolledUp)),
    }),
    ...(events > 0 && {
      learningLog: state.learningLog.slice(events),
      olderEvents: state.olderEvents + events,
    }),
    ...(audit > 0 && { audit: state.audit.slice(audit), olderAudit: state.olderAudit + audit }),
    ...(ticks !== state.ticks && { ticks }),
    ...(state.scheduleVersions.length > retention.scheduleVersions && {
      scheduleVersions: state.scheduleVersions.slice(-retention.scheduleVersions),
    }),
    ...(decisions !== state.decisions && { decisions }),
  };
  return { state: Object.keys(cut).length > 0 ? { ...state, ...cut } : state, rolledUp };
}

function boundedDecisions(
  { decisions, proposals }: KeptRepository,
  { fullDecisions, wholeDecisions = Number.POSITIVE_INFINITY }: Retention,
): readonly Decision[] {
  const old = decisions.length - fullDecisions;
  const hasFull = old > 0 && decisions.slice(0, old).some(isFull);
  const outlined = hasFull ? decisions.map((one, at) => (at < old ? outline(one) : one)) : decisions;
  const excess = decisions.length - wholeDecisions;
  return excess > 0 ? withHeads(outlined, proposals, excess) : outlined;
}

/** The newest decisions, in which the schedules that strategies disagreed on are replayed to compare the strategies. */
const REPLAYED_DECISIONS = 50;

/**
 * Strips the `oldest` decisions that no proposal refers to. A decision that may still be replayed keeps the schedules
 * that strategies disagreed on, without their explanations; an older one keeps neither schedules nor strategies.
 */
function withHeads(
  decisions: readonly Decision[],
  proposals: readonly Proposal[],
  oldest: number,
): readonly Decision[] {
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

/** The part of a schedule that a replay needs: its outcome, and the forecast for the slot that it chose. */
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
  // This runs after every change; so few runs need no count.
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
  // Runs in progress are spared, but only within the slack: the bound must hold although some runs end unseen.
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

/** The limit for each of several counts that keeps their sum within `most`; small counts leave their room. */
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
