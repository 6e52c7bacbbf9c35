import { readableTicks } from '../../../cron/readable-cron.ts';
import { backgroundLoad } from '../../../forecast/forecast-schedule.ts';
import { BIN_MINUTES, BINS_PER_HOUR } from '../../../forecast/slot.ts';
import type { SlotForecast } from '../../../plan/decision.ts';
import { currentDecision } from '../../../proposal/current-decision.ts';
import { MINUTE_MS, mondayOf, WEEK_MS } from '../../../time.ts';
import { widthOf } from '../../../usecases/learning/schedule-version.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';

const HOURS = 168;
const BINS = HOURS * BINS_PER_HOUR;

/** Weights of the 10, 50 and 90 % quantiles that keep mean and spread of a skewed distribution (Swanson's rule). */
const SWANSON = [0.3, 0.4, 0.3] as const;

/** Expected jobs in progress. */
export interface HourLoad {
  /** On average over the hour. */
  readonly jobs: number;
  /** In its busiest five minutes. */
  readonly busiest: number;
}

/** The load of a week before and after the newest decision; `null` where nothing has been decided. */
export function weekView(state: RepositoryState, now: number) {
  const decision = currentDecision(state, { now });
  if (decision === undefined) return null;
  const monday = mondayOf(now);
  const before = Float64Array.from(backgroundLoad(state.learned));
  const after = Float64Array.from(before);
  const ticksOf = rememberedTicks(monday);
  let sharedBefore = 0;
  let sharedAfter = 0;
  for (const schedule of decision.schedules) {
    const { today } = schedule;
    if (today === null) continue;
    const width = widthOf(state, schedule.path);
    addRuns(before, ticksOf(schedule.cron, schedule.timezone), today, monday, width);
    // A held move stays as it is.
    const moves = schedule.outcome === 'move';
    const outlook = moves ? (schedule.proposed ?? today) : today;
    const cron = moves ? schedule.to : schedule.cron;
    addRuns(after, ticksOf(cron, schedule.timezone), outlook, monday, width);
    sharedBefore += today.overlapMinutesPerWeek;
    sharedAfter += outlook.overlapMinutesPerWeek;
  }
  return {
    decisionId: decision.id,
    decidedAt: decision.at,
    /** 168 hours from Monday 00:00 UTC, each computed from twelve intervals of five minutes. */
    before: byHour(before),
    after: byHour(after),
    peakBefore: peakOf(before),
    peakAfter: peakOf(after),
    /** Minutes a week in which a schedule's runs share the repository with another run, summed over all schedules. */
    sharedBefore,
    sharedAfter,
    moves: decision.schedules.filter(({ outcome }) => outcome === 'move').length,
    held: decision.schedules.filter(({ outcome }) => outcome === 'held').length,
    /** Schedules that are not drawn, since too little is known of them. */
    unknown: decision.schedules.filter(({ today }) => today === null).length,
  };
}

export type WeekView = NonNullable<ReturnType<typeof weekView>>;

/** Ticks by cron. Many schedules share one, and each is needed twice. */
function rememberedTicks(monday: number): (cron: string, timezone: string) => readonly number[] {
  const known = new Map<string, readonly number[]>();
  return (cron, timezone) => {
    const name = `${cron} ${timezone}`;
    const before = known.get(name);
    if (before !== undefined) return before;
    const ticks = readableTicks({ cron, timezone }, monday, monday + WEEK_MS);
    known.set(name, ticks);
    return ticks;
  };
}

/** Adds the expected jobs in progress of these ticks' runs; the end of the week wraps to its beginning. */
function addRuns(
  load: Float64Array,
  ticks: readonly number[],
  outlook: SlotForecast,
  monday: number,
  width: number,
): void {
  const minutes = outlook.durationMedianSeconds / 60;
  const median = Math.max(0, outlook.latenessMedianMinutes);
  const high = Math.max(median, outlook.latenessP90Minutes);
  // On a log scale the 10 % quantile lies as far below the median as the 90 % one above.
  const low = high === 0 ? 0 : (median * median) / high;
  for (const tick of ticks) {
    const minute = (tick - monday) / MINUTE_MS;
    addInterval(load, minute + low, minutes, width * SWANSON[0]);
    addInterval(load, minute + median, minutes, width * SWANSON[1]);
    addInterval(load, minute + high, minutes, width * SWANSON[2]);
  }
}

function addInterval(load: Float64Array, start: number, minutes: number, jobs: number): void {
  const end = start + minutes;
  for (let bin = Math.floor(start / BIN_MINUTES); bin * BIN_MINUTES < end; bin += 1) {
    const within = Math.min(end, (bin + 1) * BIN_MINUTES) - Math.max(start, bin * BIN_MINUTES);
    const place = ((bin % BINS) + BINS) % BINS;
    load[place] = (load[place] ?? 0) + (jobs * within) / BIN_MINUTES;
  }
}

function byHour(load: Float64Array): readonly HourLoad[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const bins = load.subarray(hour * BINS_PER_HOUR, (hour + 1) * BINS_PER_HOUR);
    return { jobs: bins.reduce((sum, jobs) => sum + jobs, 0) / BINS_PER_HOUR, busiest: Math.max(...bins) };
  });
}

/** The busiest five minutes: their UTC minute of the week from Monday 00:00, and the jobs. */
function peakOf(load: Float64Array) {
  const jobs = Math.max(...load);
  return { minute: load.indexOf(jobs) * BIN_MINUTES, jobs };
}
