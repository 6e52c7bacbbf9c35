import { numberAt } from '../checked.ts';
import { ofRunners } from '../config/runner-names.ts';
import { WEEKDAYS } from '../cron/days-in-words.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import type { ScheduleDecision } from './decision.ts';
import { type PlanInput, RUNNERS } from './input.ts';
import { LoadField } from './load-field.ts';
import { type Choice, fieldOf, rawTerms, totalCost } from './objective.ts';
import { percent, span, timeOfDay } from './reasons.ts';
import type { Round } from './round.ts';
import { TaskShop } from './task.ts';
import { BIN_MINUTES, DAY_BINS } from './week.ts';

/** A month in which lateness is so many times as large as forecast, or at least this many minutes in the middle. */
const WORSE_TIMES = 2;
const WORSE_MINUTES = 60;
/** A plan that keeps less than this share of its gain then is said to hang on small lateness. */
const KEPT_SHARE = 0.5;
/** Above so many schedules the question costs more than its answer is worth. */
const MOST_ASKED = 1000;

/** Sentences on the whole plan: why nothing changes, and what the gain hangs on. */
export function notesOf(round: Round, lines: readonly ScheduleDecision[], benefit: number): string[] {
  const shared = sharedRunners(round.input);
  const moves = lines.filter(({ outcome }) => outcome === 'move');
  if (moves.length === 0) return [nothingChanges(lines), ...shared];
  const hangs = hangsOnSmallLateness(round, benefit);
  return hangs === null ? shared : [hangs, ...shared];
}

/** What was counted of other repositories' jobs, for each of the runners that schedules here share with them. */
function sharedRunners({ schedules, elsewhere = {}, settings }: PlanInput): string[] {
  const used = new Set(schedules.map(({ runners = RUNNERS }) => runners));
  return Object.entries(elsewhere)
    .filter(([runners]) => used.has(runners))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([runners, jobs]) => {
      const most = Math.max(...jobs);
      if (most === 0) return `No jobs of other repositories are known on the ${runners} runners.`;
      const limit = ofRunners(settings.jobLimits ?? {}, runners);
      const busiest = `${most.toFixed(1)} in progress at the busiest, ${weekTime(jobs.indexOf(most))}`;
      return `Jobs of other repositories on the ${runners} runners were counted: ${busiest}${limit === undefined ? '' : `, where ${limit} may run at once`}.`;
    });
}

/** A bin of the week in words: `Monday 02:05 UTC`. */
function weekTime(bin: number): string {
  const day = WEEKDAYS[Math.floor(bin / DAY_BINS)] ?? '';
  return `${day} ${timeOfDay((bin % DAY_BINS) * BIN_MINUTES)} UTC`;
}

/** "No change" is an answer: with how many stay for which reason. */
function nothingChanges(lines: readonly ScheduleDecision[]): string {
  const count = (some: readonly ScheduleDecision[]): number => some.length;
  const held = lines.filter(({ outcome }) => outcome === 'held');
  const heldBy = (word: string): number =>
    count(held.filter(({ reasons }) => reasons[0]?.startsWith(word) === true));
  const parts = [
    [count(lines.filter(({ outcome }) => outcome === 'keep')), 'stand as well as they can'],
    [heldBy('Held by the minimum gain'), 'would gain too little to be worth an edit'],
    [heldBy('Held by the minimum confidence'), 'would gain, but not surely enough'],
    [heldBy('Held by dwell'), 'were moved not long ago'],
    [heldBy('Held by its coupling'), 'are held by others they are coupled to'],
    [heldBy('Held by the edits of half a year'), 'wait, as enough was edited in half a year'],
    [heldBy('Held by the change share'), 'find no room under the change share'],
    [count(lines.filter(({ outcome }) => outcome === 'refused')), 'are left alone'],
  ] as const;
  const told = parts.filter(([some]) => some > 0).map(([some, why]) => `${some} ${why}`);
  return told.length === 0 ? 'No change: there is no schedule.' : `No change: ${told.join(', ')}.`;
}

/** The plan's gain in a month of much larger lateness, told where little is left of it; `null` where enough is. */
function hangsOnSmallLateness(round: Round, benefit: number): string | null {
  const { tasks, input } = round;
  if (tasks.length > MOST_ASKED || benefit <= 0) return null;
  const median = middle(tasks.map(({ schedule }) => typical(schedule.forecast)));
  const times = Math.max(WORSE_TIMES, WORSE_MINUTES / Math.max(1, median));
  const kept = gainWhen(round, times) / benefit;
  if (kept >= KEPT_SHARE) return null;
  return `This only helps while lateness is small: were runs to start about ${span(median * times)} late instead of ${span(median)}, ${kept <= 0 ? 'nothing' : percent(kept)} of the gain would be left.${input.schedules.length > 1 ? '' : ' Watch the first weeks after the merge.'}`;
}

function gainWhen(round: Round, times: number): number {
  const { tasks, search, prices } = round;
  // How early a wish could be kept hangs on all times; of the others only the chosen one is asked for.
  const isWished = tasks.map(({ schedule }) => schedule.finishByMinute !== null);
  const choice = search.choice.map((option, at) => (isWished[at] === true ? option : Math.min(1, option)));
  const input: PlanInput = {
    ...round.input,
    schedules: tasks.map(({ schedule, options }, at) => {
      const chosen = numberAt(search.choice, at);
      const candidates = isWished[at] === true ? options.slice(1) : options.slice(chosen, chosen + 1);
      return { ...schedule, candidates, forecast: stretched(schedule.forecast, times) };
    }),
  };
  const shop = new TaskShop(input);
  const later = input.schedules.map((schedule) => shop.taskOf(schedule));
  const { background } = input;
  const empty = background.some((jobs) => jobs > 0) ? new LoadField(later, background) : null;
  empty?.settle();
  const cost = (choice: Choice): number =>
    totalCost(rawTerms(later, choice, fieldOf(later, choice, background), empty), prices);
  const today = cost(round.nothingMoved);
  return today <= 0 ? 0 : 1 - cost(choice) / today;
}

function stretched(forecast: ScheduleForecast, times: number): ScheduleForecast {
  return {
    ...forecast,
    lateness: forecast.lateness.map((one) => {
      const { q05, q25, q50, q75, q95 } = one.minutes;
      return {
        ...one,
        minutes: { q05: q05 * times, q25: q25 * times, q50: q50 * times, q75: q75 * times, q95: q95 * times },
      };
    }),
  };
}

function typical({ lateness }: ScheduleForecast): number {
  return middle(lateness.map(({ minutes }) => minutes.q50));
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
