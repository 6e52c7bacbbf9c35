import { numberAt } from '../checked.ts';
import { WEEKDAYS } from '../cron/days-in-words.ts';
import { mapQuantiles } from '../forecast/quantile.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import { clockTime } from '../time.ts';
import { isWithoutOutcome } from './decision.ts';
import type { DecisionRow } from './decision-rows.ts';
import { HOLDS } from './holds.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { backgroundField, type Choice, fieldOf, rawTerms, totalCost } from './objective.ts';
import { percent, span } from './reasons.ts';
import type { Round } from './round.ts';
import { jobLimitOf } from './scarce-runners.ts';
import { TaskFactory } from './task.ts';
import { BIN_MINUTES, DAY_BINS } from './week.ts';

/** A month of large lateness: so many times the forecast one, and a median of at least this many minutes. */
const WORSE_TIMES = 2;
const WORSE_MINUTES = 60;
/** A plan that then keeps less than this share of its gain is said to depend on small lateness. */
const KEPT_SHARE = 0.5;
/** Above so many schedules the answer costs more time than it is worth. */
const MOST_SCHEDULES = 1000;

/** Sentences on the whole plan: why nothing changes, and what the gain depends on. */
export function notesOf(round: Round, rows: readonly DecisionRow[], benefit: number): string[] {
  const shared = sharedRunners(round.input);
  if (rows.every(({ decision }) => decision.outcome !== 'move')) return [nothingChanges(rows), ...shared];
  const warning = smallLatenessWarning(round, benefit);
  return warning === null ? shared : [warning, ...shared];
}

/** For the runners that schedules share with other repositories: how many jobs of those were counted. */
function sharedRunners(input: PlanInput): string[] {
  const { schedules, elsewhere = {} } = input;
  const used = new Set(schedules.map(({ runners = RUNNERS }) => runners));
  return Object.entries(elsewhere)
    .filter(([runners]) => used.has(runners))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([runners, jobs]) => {
      const most = Math.max(...jobs);
      if (most === 0) return `No jobs of other repositories are known on the ${runners} runners.`;
      const limit = jobLimitOf(runners, input);
      const busiest = `${most.toFixed(1)} in progress at the busiest, ${weekTime(jobs.indexOf(most))}`;
      return (
        `Jobs of other repositories on the ${runners} runners were counted: ` +
        `${busiest}${limit === undefined ? '' : `, where ${limit} may run at once`}.`
      );
    });
}

/** A bin of the week in words: `Monday 02:05 UTC`. */
function weekTime(bin: number): string {
  const day = WEEKDAYS[Math.floor(bin / DAY_BINS)] ?? '';
  return `${day} ${clockTime((bin % DAY_BINS) * BIN_MINUTES)} UTC`;
}

/** "No change" is an answer, too: how many schedules stay for which reason. */
function nothingChanges(rows: readonly DecisionRow[]): string {
  const kept = rows.filter(({ decision }) => decision.outcome === 'keep');
  const noOutcome = kept.filter(({ decision }) => isWithoutOutcome(decision)).length;
  const seen = kept.filter(({ decision }) => decision.today !== null && decision.runsSeen > 0).length;
  const held = Object.entries(HOLDS).map(
    ([kind, { note }]) => [rows.filter(({ hold }) => hold === kind).length, note] as const,
  );
  const parts = [
    [seen, 'at a good time'],
    [kept.length - noOutcome - seen, 'without a scheduled run, and without a better time that is known'],
    [noOutcome, 'of which no run has succeeded or failed'],
    ...held,
    [rows.filter(({ decision }) => decision.outcome === 'refused').length, 'left alone'],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`);
  return counts.length === 0 ? 'No change: there is no schedule.' : `No change: ${counts.join(', ')}.`;
}

/** Says that little of the gain is left in a month of much larger lateness; `null` where enough is. */
function smallLatenessWarning(round: Round, benefit: number): string | null {
  const { tasks, input } = round;
  if (tasks.length > MOST_SCHEDULES || benefit <= 0) return null;
  const median = upperMedian(tasks.map(({ schedule }) => medianLateness(schedule.forecast)));
  const times = Math.max(WORSE_TIMES, WORSE_MINUTES / Math.max(1, median));
  const kept = gainWhen(round, times) / benefit;
  if (kept >= KEPT_SHARE) return null;
  return (
    `This only helps while lateness is small: were runs to start about ${span(median * times)} late instead of ` +
    `${span(median)}, ${kept <= 0 ? 'nothing' : percent(kept)} of the gain would be ` +
    `left.${input.schedules.length > 1 ? '' : ' Watch the first weeks after the merge.'}`
  );
}

/** The plan's gain if all lateness were so many times the forecast one. */
function gainWhen(round: Round, times: number): number {
  const { tasks, search, termWeights } = round;
  // How early a `finish-by` could be kept depends on all options; of other schedules only the chosen one matters.
  const hasDeadline = tasks.map(({ schedule }) => schedule.finishByMinute !== null);
  const choice = search.choice.map((option, at) => (hasDeadline[at] === true ? option : Math.min(1, option)));
  const input: PlanInput = {
    ...round.input,
    schedules: tasks.map(({ schedule, options }, at) => {
      const chosen = numberAt(search.choice, at);
      const candidates = hasDeadline[at] === true ? options.slice(1) : options.slice(chosen, chosen + 1);
      return { ...schedule, candidates, forecast: stretched(schedule.forecast, times) };
    }),
  };
  const taskFactory = new TaskFactory(input);
  const later = input.schedules.map((schedule) => taskFactory.taskOf(schedule));
  const { background } = round;
  const empty = backgroundField(later, background);
  const cost = (choice: Choice): number =>
    totalCost(rawTerms(later, choice, fieldOf(later, choice, background), empty), termWeights);
  const today = cost(round.nothingMoved);
  return today <= 0 ? 0 : 1 - cost(choice) / today;
}

function stretched(forecast: ScheduleForecast, times: number): ScheduleForecast {
  return {
    ...forecast,
    lateness: forecast.lateness.map((one) => ({
      ...one,
      minutes: mapQuantiles(one.minutes, (minutes) => minutes * times),
    })),
  };
}

function medianLateness({ lateness }: ScheduleForecast): number {
  return upperMedian(lateness.map(({ minutes }) => minutes.q50));
}

/** The median, of two middle values the larger; 0 where there is none. */
function upperMedian(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
