import { OffbeatError } from '../../errors.ts';
import { type ScheduleForecaster, scheduleForecaster } from '../../forecast/forecast-schedule.ts';
import { forecastStart } from '../../forecast/start.ts';
import { scheduleKey } from '../../history/run.ts';
import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import type { Prediction, StartPrediction } from '../../render/prediction.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import { clockTime, DAY_MINUTES, MINUTE_MS } from '../../time.ts';
import { readConfiguration } from '../configured-mode.ts';
import { type Context, planningOf } from '../context.ts';
import { findWorkflow, matchWorkflow, workflowPath } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import { ungatedRequest } from '../planning/plan-without-gates.ts';
import type { RepositoryState, SourceFile } from '../ports.ts';
import { readFilesInTurns } from '../read-in-turns.ts';
import { firstTick, predictionOf } from './prediction.ts';

export interface PredictionRequest {
  /** Path, file name or name of the workflow. */
  readonly workflow: string;
  /** 0-based place of the schedule in its file. */
  readonly schedule: number;
  /** Least confidence of a recommendation, 0–1; the configuration's where left out. */
  readonly minConfidence?: number | undefined;
  /** `HH:MM` in UTC: a tick there is asked about. */
  readonly at?: string | undefined;
}

/** What is foretold of one schedule, by the newest round, else planned on the spot. Throws `not-found`. */
export async function predict(
  context: Context,
  repositoryId: number,
  { workflow, schedule, minConfidence, at }: PredictionRequest,
): Promise<StartPrediction> {
  const state = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const answer = async (decision: Decision, line: ScheduleDecision): Promise<StartPrediction> => {
    const { config } = await readConfiguration(context, state);
    const prediction = predictionOf(state, decision, line, { now, minConfidence, config });
    const minute = at === undefined ? minuteOfTick(prediction, now) : minuteOf(at);
    const pool = await context.store.loadLatenessPool();
    const forecaster = scheduleForecaster(state.learned, pool, now);
    return { ...prediction, start: minute === null ? null : startOf(forecaster, line, minute) };
  };
  const recorded = recordedLine(state, { workflow, schedule, now });
  if (recorded !== null) return answer(recorded.decision, recorded.line);
  const request = await ungatedRequest(context, state, minConfidence);
  const path = await pathIn(request.sources, state, workflow);
  // The strategies' plans are left out too: they take ten times as long, for the choice among near equals.
  const strategy = leadingStrategy(state.population).name;
  const { decision } = await planningOf(context)({ ...request, only: path, strategy });
  const line = decision.schedules.find(({ key }) => key === scheduleKey(path, schedule));
  if (line === undefined) {
    throw new OffbeatError('not-found', `${path} has no schedule number ${schedule}.`, {
      fix: 'Schedules are counted from 0, in the order in which the file has them.',
    });
  }
  return answer(decision, line);
}

function startOf(
  forecaster: ScheduleForecaster,
  line: ScheduleDecision,
  minute: number,
): NonNullable<StartPrediction['start']> {
  const start = forecastStart(forecaster, line, Math.floor(minute / 60));
  return {
    tick: timeOf(minute),
    median: timeOf(minute + start.medianMinutes),
    p90: timeOf(minute + start.p90Minutes),
    lateness_median_minutes: start.medianMinutes,
    lateness_p90_minutes: start.p90Minutes,
    drop_probability: start.dropProbability,
    confidence: start.confidence,
    why: start.why,
  };
}

/** UTC minute of the day. */
function minuteOfTick({ recommended_schedule: cron, timezone }: Prediction, now: number): number | null {
  const tick = firstTick(cron, timezone, now);
  return tick === null ? null : Math.floor(tick / MINUTE_MS) % DAY_MINUTES;
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return 60 * hours + minutes;
}

function timeOf(minuteOfDay: number): string {
  return clockTime(Math.round(minuteOfDay) % DAY_MINUTES);
}

/** Path of a workflow in the newest files. Those are parsed only where it is not named by its file. */
async function pathIn(
  sources: readonly SourceFile[],
  state: RepositoryState,
  wanted: string,
): Promise<string> {
  const file = workflowPath(wanted.toLowerCase());
  const named = sources.find(({ path }) => path.toLowerCase() === file);
  return named?.path ?? findWorkflow(state, wanted, await readFilesInTurns(sources)).path;
}

/** The newest decision's line of a schedule, as long as the cron it speaks of is the one in force. */
function recordedLine(
  state: RepositoryState,
  { workflow, schedule, now }: { readonly workflow: string; readonly schedule: number; readonly now: number },
): { readonly decision: Decision; readonly line: ScheduleDecision } | null {
  const decision = currentDecision(state, { now });
  if (decision === undefined) return null;
  // Looked up in the decision alone: asked often, it must not gather every workflow that was ever seen.
  const named = decision.schedules.map(({ path, workflowName }) => ({ path, name: workflowName }));
  const path = matchWorkflow(named, workflow)?.path;
  const line = decision.schedules.find((one) => one.path === path && one.index === schedule);
  if (line === undefined) return null;
  const inForce = newestVersion(state.scheduleVersions)?.entries.find(({ key }) => key === line.key);
  const isCurrent = inForce !== undefined && inForce.cron === line.cron && inForce.timezone === line.timezone;
  return isCurrent ? { decision, line } : null;
}
