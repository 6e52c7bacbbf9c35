import { ownValue } from '../../checked.ts';
import type { Config } from '../../config/config.ts';
import { pricePerMinute } from '../../config/runners.ts';
import { ticksPerWeek } from '../../cron/gaps.ts';
import { readableCron } from '../../cron/readable-cron.ts';
import { servedShare } from '../../cron/served.ts';
import { nextTick } from '../../cron/ticks.ts';
import { forecastWork, hasDuration, hasOutcome, runsSeen } from '../../forecast/forecast-schedule.ts';
import { runCost } from '../../jobs/cost.ts';
import { forecastFigure } from '../../jobs/job-forecast.ts';
import { type Decision, isWithoutOutcome, type ScheduleDecision } from '../../plan/decision.ts';
import { noOutcomeReason, withoutOutcome } from '../../plan/reasons.ts';
import { BY_CONVENTION } from '../../render/by-convention.ts';
import type { Prediction, ResourceImpact } from '../../render/prediction.ts';
import { MINUTE_SECONDS } from '../../time.ts';
import { knownRuns } from '../learning/older-months.ts';
import type { RepositoryState } from '../ports.ts';
import { crowdingOf } from './cost.ts';

/** Share of a schedule's working time beside other runs from which its impact is called medium, and high. */
const MEDIUM_OVERLAP = 0.1;
const HIGH_OVERLAP = 0.5;

/**
 * What is foretold of one schedule by a decision's line and all that was learned since. A recommendation less sure than
 * `minConfidence` (0–1), or than the configuration asks, is not given.
 */
export function predictionOf(
  state: RepositoryState,
  decision: Pick<Decision, 'id' | 'at'>,
  line: ScheduleDecision,
  {
    now,
    minConfidence,
    config = null,
  }: {
    readonly now: number;
    readonly minConfidence?: number | undefined;
    /** By which minutes are priced; none are where it is not known. */
    readonly config?: Config | null;
  },
): Prediction {
  const moves = line.to !== line.cron;
  const unsure = moves && isUnsure(line, minConfidence);
  const recommended = moves && !unsure ? line.to : line.cron;
  const tick = firstTick(recommended, line.timezone, now);
  const isKnown = hasOutcome(state.learned, line.path);
  const isTimed = hasDuration(state.learned, line.path);
  const { duration, success, successWhy } = forecastWork(state.learned, line.path, tick ?? now);
  return {
    workflow_name: line.workflowName,
    path: line.path,
    schedule: line.index,
    timezone: line.timezone,
    current_schedule: line.cron,
    recommended_schedule: recommended,
    // Means of shares can pass 1 by the last bit.
    confidence: Math.min(1, moves ? line.confidence : isTimed ? duration.confidence : 0),
    expected_duration_seconds: isTimed ? duration.seconds.q50 : null,
    expected_duration_range_seconds: isTimed
      ? { from: duration.seconds.q05, to: duration.seconds.q95 }
      : null,
    predicted_success_rate: isKnown ? (tick === null ? 1 : success.probability) : null,
    resource_impact: impactOf(state, line, config, isTimed ? duration.seconds.q50 : null, tick ?? now),
    reasoning: [
      ...(unsure && minConfidence !== undefined ? [belowThreshold(line, minConfidence)] : []),
      // That no outcome is known is said anew, by what was seen since.
      ...(isWithoutOutcome(line) ? line.reasons.slice(0, -1) : line.reasons),
      ...(isKnown ? [duration.why, successWhy] : [withoutOutcomeSentence(state, line)]),
      ...(knownRuns(state) === 0 ? [BY_CONVENTION] : []),
    ],
    decision: { id: decision.id, at: new Date(decision.at).toISOString() },
  };
}

/** A schedule that was compared with other times all the same was so by what other repositories have shown. */
function withoutOutcomeSentence({ learned }: RepositoryState, line: ScheduleDecision): string {
  const seen = runsSeen(learned, line.key);
  return isWithoutOutcome(line)
    ? noOutcomeReason(seen)
    : `${withoutOutcome(seen)}, so its duration and its success are not known.`;
}

/** Whether a move is less sure than is asked for: in this question, else by the configuration. */
export function isUnsure(line: ScheduleDecision, minConfidence: number | undefined): boolean {
  return minConfidence === undefined ? line.unsure === true : line.confidence < minConfidence;
}

function belowThreshold({ to, confidence }: ScheduleDecision, minConfidence: number): string {
  return (
    `${to} may be better, but its confidence of ${confidence.toFixed(2)} is below the ` +
    `${minConfidence.toFixed(2)} that was asked for.`
  );
}

function impactOf(
  state: RepositoryState,
  line: ScheduleDecision,
  config: Config | null,
  seconds: number | null,
  at: number,
): ResourceImpact {
  const runs = runsPerWeek(line.cron);
  const minutes = seconds === null ? null : (runs * seconds) / MINUTE_SECONDS;
  // Without a known duration the overlap is a guess as well.
  const today = seconds === null ? null : (line.today?.overlapMinutesPerWeek ?? null);
  const share = today === null || minutes === null || minutes === 0 ? null : today / minutes;
  return {
    level:
      share === null ? null : share >= HIGH_OVERLAP ? 'high' : share >= MEDIUM_OVERLAP ? 'medium' : 'low',
    runs_per_week: runs,
    minutes_per_week: minutes,
    overlap_minutes_per_week: today,
    recommended_overlap_minutes_per_week:
      today === null ? null : (line.proposed?.overlapMinutesPerWeek ?? today),
    ...runnersOf(state, line.path, config, runs),
    reported: state.care.usage?.[line.path]?.means ?? null,
    ...reportedForecasts(state, line.path, at),
  };
}

function runnersOf(
  state: RepositoryState,
  path: string,
  config: Config | null,
  runs: number,
): Pick<ResourceImpact, 'runners'> {
  const learned = ownValue(state.jobs.workflows, path);
  const priceOf = (labels: readonly string[]): number =>
    config === null ? 0 : pricePerMinute(config, labels);
  const cost = learned === undefined ? null : runCost(learned, priceOf);
  if (cost === null) return {};
  const minutes = runs * cost.minutes;
  const usd = runs * cost.usd;
  const labels = cost.byLabels.map((one) => one.labels);
  const crowding = 1 + crowdingOf(state, labels);
  return {
    runners: {
      minutes_per_week: minutes,
      usd_per_week: usd === 0 ? null : usd,
      crowding,
      value: (usd === 0 ? minutes : usd) * crowding,
    },
  };
}

function reportedForecasts(
  { care }: RepositoryState,
  path: string,
  at: number,
): Pick<ResourceImpact, 'reported_forecasts'> {
  const forecasts = Object.entries(care.usage?.[path]?.newest ?? {}).flatMap(([name, figure]) => {
    const forecast = forecastFigure(figure, at);
    return forecast === null ? [] : [[name, forecast] as const];
  });
  return forecasts.length === 0 ? {} : { reported_forecasts: Object.fromEntries(forecasts) };
}

/** A schedule that is refused may hold what is no cron at all. */
function runsPerWeek(cron: string): number {
  const parsed = readableCron({ cron, timezone: 'UTC' });
  return parsed === null ? 0 : ticksPerWeek(parsed) * servedShare(parsed.dayMinutes);
}

/** The next tick (epoch ms) of what may be no cron at all. */
export function firstTick(cron: string, timezone: string, now: number): number | null {
  const parsed = readableCron({ cron, timezone });
  return parsed === null ? null : nextTick(parsed, timezone, now);
}
