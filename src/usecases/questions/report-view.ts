import { hasDuration, hasOutcome, runsSeen } from '../../forecast/forecast-schedule.ts';
import { hasSameTicks } from '../../history/identity.ts';
import type { Decision } from '../../plan/decision.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import type { ProposalState } from '../../proposal/proposal.ts';
import { refusalSentences } from '../../proposal/refusal-records.ts';
import type { Report, ReportSchedule } from '../../render/report.ts';
import { verdictSentence } from '../../render/verdict.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import { performance } from '../../strategy/track-record.ts';
import { modeInForce } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { knownRuns } from '../learning/older-months.ts';
import { entriesInForce, newestVersion, type ScheduleEntries } from '../learning/schedule-version.ts';
import { onTimeReport } from '../on-time/on-time-views.ts';
import type { RepositoryState } from '../ports.ts';
import { learningView } from './learning-view.ts';
import { inactivitySentences, notRunningSentences, unknownTimezones } from './state-sentences.ts';

const MAX_PROPOSALS = 10;
/** A share of fewer ticks says little. */
const TICKS_FOR_A_SHARE = 20;

/** What is known of a repository, as a value for comment, terminal and page. Reads the store only. */
export function reportView(
  context: Context,
  state: RepositoryState,
  configured: 'observe' | 'suggest' | 'pause' | null,
): Report {
  const { profile, population } = state;
  const mode = modeInForce(context, state, configured);
  const decision = currentDecision(state, { now: context.clock.now(), mode: mode.mode }) ?? null;
  const active = leadingStrategy(population);
  const onTime = onTimeReport(context, state);
  const runs = knownRuns(state);
  return {
    repository: `${profile.owner}/${profile.name}`,
    at: context.clock.now(),
    mode,
    runsSeen: runs,
    runsLearned: population.runsLearned,
    missedShare: missedShare(state, entriesInForce(state)),
    schedules: reportSchedules(state, decision),
    ...(newestVersion(state.scheduleVersions) === undefined ? { isUnread: true as const } : {}),
    ...(runs === 0 && state.care.backfilledAt === undefined ? { isPastUnread: true as const } : {}),
    strategies: population.strategies.map((strategy) => ({
      name: strategy.name,
      generation: strategy.generation,
      performance: performance(strategy.performance_history),
      predictions: strategy.performance_history.total,
      trend: strategy.trend,
      active: strategy.name === active.name,
    })),
    learning: learningView(state),
    decision:
      decision === null
        ? null
        : {
            id: decision.id,
            at: decision.at,
            confidence: decision.confidence,
            benefit: decision.benefit,
            gates: decision.gates,
          },
    proposals: state.proposals
      .slice(-MAX_PROPOSALS)
      .reverse()
      .map((proposal) => ({
        pullNumber: proposal.pullNumber,
        url: proposal.url,
        state: proposal.state,
        moves: proposal.moves.length,
        ...(proposal.isIssue === undefined ? {} : { isIssue: proposal.isIssue }),
        ...(proposal.jobKey === undefined ? {} : { jobKey: proposal.jobKey }),
        verdict:
          proposal.verdict === undefined || !isDecided(proposal.state)
            ? null
            : verdictSentence(proposal.verdict),
      })),
    damage: [
      ...state.damage,
      ...unknownTimezones(state),
      ...notRunningSentences(state),
      ...inactivitySentences(state),
    ],
    refusals: [...refusalSentences(profile.refusals, context.clock.now())],
    ...(onTime === undefined ? {} : { onTime }),
  };
}

/** Whether the watch on a merged proposal is over: before, its verdict may still change. */
function isDecided(state: ProposalState): boolean {
  return ['improved', 'no-difference', 'worse', 'inconclusive', 'rolled-back'].includes(state);
}

/** Ticks without a run among those known of these schedules; a tick that may still get its run is not counted. */
function missedShare(
  { learned }: RepositoryState,
  entries: readonly { readonly key: string }[],
): number | null {
  const tracks = entries.flatMap(({ key }) => learned.schedules[key] ?? []);
  const missed = tracks.reduce((sum, track) => sum + track.missed, 0);
  const ticks = missed + tracks.reduce((sum, track) => sum + track.runs, 0);
  return ticks < TICKS_FOR_A_SHARE ? null : missed / ticks;
}

function reportSchedules(state: RepositoryState, decision: Decision | null): ReportSchedule[] {
  const entries = entriesInForce(state);
  return entries.map((entry) => {
    const decided = lineOf(decision, entry, entries);
    const seen = runsSeen(state.learned, entry.key);
    return {
      workflowName: decided?.workflowName ?? entry.path,
      path: entry.path,
      cron: entry.cron,
      timezone: entry.timezone,
      runsSeen: seen,
      missedShare: missedShare(state, [entry]),
      // Without a run of its own all of it is a guess, which a table would show as if it were seen.
      outlook: seen === 0 || !hasOutcome(state.learned, entry.path) ? null : (decided?.today ?? null),
      ...(hasDuration(state.learned, entry.path) ? {} : { isTimed: false as const }),
      // What no round has looked at since it may be moved again is not decided.
      outcome: decided === undefined || isUndecided(decided) ? null : decided.outcome,
      to: decided !== undefined && decided.to !== decided.cron ? decided.to : null,
      ...(decided?.inPull === undefined ? {} : { inPull: decided.inPull }),
      reason: decided?.reasons[0] ?? 'No planning round has looked at it yet.',
    };
  });
}

function isUndecided({ outcome, inRound }: Decision['schedules'][number]): boolean {
  return outcome === 'keep' && inRound === false;
}

/** What a decision says of an entry: found by its cron, as it may have had another place in the file then. */
function lineOf(
  decision: Decision | null,
  entry: ScheduleEntries[number],
  entries: ScheduleEntries,
): Decision['schedules'][number] | undefined {
  const own = (decision?.schedules ?? []).filter(({ path }) => path === entry.path);
  const there = own.find(({ key }) => key === entry.key);
  if (there !== undefined && hasSameTicks(there, entry)) return there;
  const isElsewhere = (line: Decision['schedules'][number]): boolean =>
    entries.some((other) => other.path === line.path && hasSameTicks(other, line));
  const same = own.find((line) => hasSameTicks(line, entry));
  return same ?? (there === undefined || isElsewhere(there) ? undefined : there);
}
