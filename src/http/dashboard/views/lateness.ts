import { forecastSchedule } from '../../../forecast/forecast-schedule.ts';
import type { LatenessPool } from '../../../forecast/lateness-pool.ts';
import type { LatenessForecast } from '../../../forecast/types.ts';
import { currentDecision } from '../../../proposal/current-decision.ts';
import { MINUTE_MS } from '../../../time.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { type NamedSchedule, schedulesOf } from './workflow-names.ts';

/** Only so many of the newest runs are searched. */
const RUNS_LOOKED_AT = 4_000;

export interface SeenRun {
  readonly id: number;
  readonly latenessMinutes: number;
}

export interface LatenessHour extends LatenessForecast {
  /** UTC hour of the tick. */
  readonly hour: number;
  /** Runs of the schedule whose tick was in this hour, newest first; empty where it had none. */
  readonly seen: readonly SeenRun[];
}

/** The forecast lateness of one schedule by the hour of its tick; `null` where there is no schedule. */
export function latenessView(
  state: RepositoryState,
  pool: LatenessPool,
  query: { readonly key: string | null; readonly now: number },
) {
  const schedules = schedulesOf(state);
  const schedule = schedules.find(({ key }) => key === query.key) ?? latest(state, schedules, query.now);
  if (schedule === undefined) return null;
  const forecast = forecastSchedule(state.learned, pool, schedule, query.now);
  const seen = seenByHour(state, schedule.key);
  const hours: readonly LatenessHour[] = forecast.lateness.map((made, hour) => ({
    ...made,
    hour,
    seen: seen.get(hour) ?? [],
  }));
  const [first] = hours;
  if (first === undefined) return null;
  const middle = ({ minutes }: LatenessHour): number => minutes.q50;
  return {
    schedules,
    schedule,
    hours,
    best: hours.reduce((a, b) => (middle(b) < middle(a) ? b : a), first),
    worst: hours.reduce((a, b) => (middle(b) > middle(a) ? b : a), first),
  };
}

export type LatenessView = NonNullable<ReturnType<typeof latenessView>>;

/** The schedule that is expected to start latest, as the overview has it; the first where nothing is expected yet. */
function latest(
  state: RepositoryState,
  schedules: readonly NamedSchedule[],
  now: number,
): NamedSchedule | undefined {
  const decided = currentDecision(state, { now })?.schedules ?? [];
  const late = (wanted: NamedSchedule): number =>
    decided.find(({ key }) => key === wanted.key)?.today?.latenessMedianMinutes ?? -1;
  return schedules.toSorted((one, other) => late(other) - late(one))[0];
}

/** The newest runs whose tick is certain, by the hour of the tick, newest first. */
function seenByHour(state: RepositoryState, key: string): ReadonlyMap<number, readonly SeenRun[]> {
  const seen = state.runs
    .slice(-RUNS_LOOKED_AT)
    .reverse()
    .flatMap(({ scheduleKey, tick, ambiguous, attempt, id, createdAt }) =>
      scheduleKey !== key || tick === null || ambiguous || attempt !== 1
        ? []
        : [{ id, tick, latenessMinutes: (createdAt - tick) / MINUTE_MS }],
    );
  return Map.groupBy(seen, ({ tick }) => new Date(tick).getUTCHours());
}
