import { minutesBetween } from '../cron/distance.ts';
import { parseCron } from '../cron/parse.ts';
import { COST_PARTS } from '../plan/cost-parts.ts';
import type { ScheduleDecision, SlotForecast } from '../plan/decision.ts';
import { countedOverlapGain, leadingReason } from '../proposal/leading-reason.ts';
import { clockTime, DAY_MINUTES, HOUR_MINUTES } from '../time.ts';
import { code, type Inline, joined, LINE_BREAK, strong, words } from './inline.ts';
import { minutes, percent } from './quantity.ts';

/** Smaller gains (minutes, a share) are not told in their own unit. */
const NOTICEABLE_MINUTES = 2;
const NOTICEABLE_SHARE = 0.02;
/** A move that starts this much later after its time than before says so. */
const NOTICEABLE_LOSS_MINUTES = 10;
/** A run that starts this much earlier by the clock may lack what it reads. */
const MUCH_EARLIER_MINUTES = HOUR_MINUTES;
/** A move farther than this has a line of its own. */
const FAR_MINUTES = 3 * HOUR_MINUTES;

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** The largest gain of a move, in its own unit, as pull requests word it. `plan/reasons.ts` words all of them. */
export interface Gain {
  /** After the name of the workflow: `would be delayed 46 min less by GitHub`. */
  readonly sentence: string;
  /** Today's figure and the new one, for a cell. */
  readonly brief: Inline;
}

/** A saved share of the cost that plans are compared by, as a clause after `would lose`. */
export function costSaved(benefit: number): string {
  return `${percent(Math.max(0, benefit))} less to ${COST_PARTS}`;
}

/** Explains the cost whose saved shares are shown. */
export const COST_MEANS =
  `Cost is a score: it adds up ${COST_PARTS}, and a little for each change. Overlap is time beside jobs that want ` +
  'the same runners; `weights` in the configuration says what counts how much.';

/** Explains delay: a move to another minute changes the time from which it is counted. */
export const DELAY_MEANS = '“Delay” counts from the cron’s minute, old or new, to GitHub’s start.';

/** The gain of a move in words. Less lateness is no gain where no run was seen at the new hour. */
export function gainOf(move: ScheduleDecision): Gain {
  const { today, proposed, benefit } = move;
  if (today !== null && proposed !== null) {
    const [shared, sharedThen] = [today.overlapMinutesPerWeek, proposed.overlapMinutesPerWeek];
    const [ok, okThen] = [today.successProbability, proposed.successProbability];
    const [held, heldThen] = [today.runnersHeld ?? 0, proposed.runnersHeld ?? 0];
    switch (leadingReason(move)) {
      case 'finish-by':
        return finishByGain(move);
      case 'lateness':
        return (
          (minutesBetween(move.cron, move.to) > 0 ? sooner(move) : latenessGain(today, proposed)) ??
          otherGain(benefit)
        );
      case 'overlap':
        if (held - heldThen >= NOTICEABLE_SHARE) {
          return {
            sentence:
              `would find ${percent(heldThen)} of its runners taken by other repositories instead of ` +
              `${percent(held)}`,
            brief: words`others have ${strong(percent(heldThen))} of its runners instead of ${percent(held)}`,
          };
        }
        if (shared - sharedThen < NOTICEABLE_MINUTES) break;
        return {
          sentence: `would run beside other runs ${minutes(sharedThen)} a week instead of ${minutes(shared)}`,
          brief: words`beside other runs ${strong(minutes(sharedThen))} a week instead of ${minutes(shared)}`,
        };
      case 'failure':
        if (okThen - ok < NOTICEABLE_SHARE) break;
        return {
          sentence: `would succeed in ${percent(okThen)} of runs instead of ${percent(ok)}`,
          brief: words`succeeds in ${strong(percent(okThen))} of runs instead of ${percent(ok)}`,
        };
    }
  }
  return otherGain(benefit);
}

/** A gain that no figure of its own tells. */
function otherGain(benefit: number): Gain {
  const less = costSaved(benefit);
  return { sentence: `would lose ${less}`, brief: `loses ${less}` };
}

/** Less delay: of half the runs, or where that hardly changes of the latest tenth; `null` where neither does. */
function latenessGain(today: SlotForecast, proposed: SlotForecast): Gain | null {
  const [late, then] = [today.latenessMedianMinutes, proposed.latenessMedianMinutes];
  if (late - then >= NOTICEABLE_MINUTES) {
    return {
      sentence: `would be delayed about ${minutes(late - then)} less by GitHub`,
      brief: words`median delay ${strong(minutes(then))} instead of ${minutes(late)}`,
    };
  }
  const [latest, latestThen] = [today.latenessP90Minutes, proposed.latenessP90Minutes];
  if (latest - latestThen < NOTICEABLE_MINUTES) return null;
  return {
    sentence: `would be delayed at most ${minutes(latestThen)} in nine runs of ten instead of ${minutes(latest)}`,
    brief: words`delay in nine of ten at most ${strong(minutes(latestThen))} instead of ${minutes(latest)}`,
  };
}

/** The gain of a later time: an earlier start of half the runs, or of nine in ten; `null` where there is neither. */
function sooner(move: ScheduleDecision): Gain | null {
  for (const [share, runs] of [
    ['half', 'half of its runs'],
    ['nine of ten', 'nine runs of ten'],
  ] as const) {
    const later = minutesLater(move, share);
    if (later === null || later > -NOTICEABLE_MINUTES) continue;
    const clock = startsByTheClock(move, share);
    return clock === null
      ? {
          sentence: `would start ${minutes(-later)} earlier in ${runs}`,
          brief: words`${share} start ${strong(minutes(-later))} earlier`,
        }
      : {
          sentence: `would start by ${clock.after} instead of ${clock.before} in ${runs}`,
          brief: words`${share} start by ${strong(clock.after)} instead of ${clock.before}`,
        };
  }
  return null;
}

function finishByGain({ today, proposed, finishBy }: ScheduleDecision): Gain {
  const [before, after] = [today?.finishByProbability ?? 0, proposed?.finishByProbability ?? 0];
  const due = finishBy === undefined ? 'in time' : `by ${finishBy}`;
  const wish = finishBy === undefined ? '' : words` (${code('finish-by')})`;
  return {
    sentence: `would be done ${due} in ${percent(after)} of runs instead of ${percent(before)}`,
    brief: words`done ${due}${wish}: ${percent(before)} → ${strong(percent(after))} of runs`,
  };
}

/** What gets worse by a move, each as a short clause. */
function lossesOf(move: ScheduleDecision): readonly string[] {
  const { today, proposed } = move;
  if (today === null || proposed === null) return [];
  const later = proposed.latenessMedianMinutes - today.latenessMedianMinutes;
  const failing = today.successProbability - proposed.successProbability;
  const sharing = -countedOverlapGain(move);
  const clock = startsLater(move) ? startsByTheClock(move) : null;
  const losses = [
    later >= NOTICEABLE_LOSS_MINUTES
      ? `median delay ${minutes(proposed.latenessMedianMinutes)} instead of ${minutes(today.latenessMedianMinutes)}`
      : '',
    // Less delay after a later minute may be a later start.
    clock === null ? '' : `half start by ${clock.after} instead of ${clock.before}`,
    failing >= NOTICEABLE_SHARE
      ? `succeeds in ${percent(proposed.successProbability)} instead of ${percent(today.successProbability)}`
      : '',
    sharing >= NOTICEABLE_LOSS_MINUTES ? `runs beside others ${minutes(sharing)} a week more` : '',
  ];
  return losses.filter((loss) => loss !== '');
}

/** The gain of a move and, on lines below, what gets worse by it. */
export function gainCell(move: ScheduleDecision): Inline {
  const losses = lossesOf(move).map((loss) => `but ${loss}`);
  return joined([gainOf(move).brief, ...losses], LINE_BREAK);
}

/** The minutes late by which a share of the runs has started. */
const LATE_BY = { half: 'latenessMedianMinutes', 'nine of ten': 'latenessP90Minutes' } as const;
type ShareOfRuns = keyof typeof LATE_BY;

type Start = Pick<ScheduleDecision, 'cron' | 'to' | 'today' | 'proposed'>;

/** Minutes by which a share of runs starts later after a move; negative: earlier, `null`: nothing is forecast. */
export function minutesLater(
  { cron, to, today, proposed }: Start,
  share: ShareOfRuns = 'half',
): number | null {
  if (today === null || proposed === null) return null;
  return minutesBetween(cron, to) + proposed[LATE_BY[share]] - today[LATE_BY[share]];
}

/**
 * When half of the runs of a daily schedule, or another share, have started, in its own zone, today and after the move;
 * `null` where it ticks more than once a day, or nothing is forecast.
 */
export function startsByTheClock(
  { cron, to, today, proposed }: Start,
  share: ShareOfRuns = 'half',
): { readonly before: string; readonly after: string } | null {
  const started = (of: string, outlook: SlotForecast | null): string | null => {
    const [minute, ...more] = parseCron(of).dayMinutes;
    if (minute === undefined || more.length > 0 || outlook === null) return null;
    return clockTime((minute + Math.round(outlook[LATE_BY[share]])) % DAY_MINUTES);
  };
  const [before, after] = [started(cron, today), started(to, proposed)];
  return before === null || after === null ? null : { before, after };
}

/** Whether half of the runs of a daily schedule start later by the clock than today, whatever their delay is. */
export function startsLater(move: Start): boolean {
  return startsByTheClock(move) !== null && (minutesLater(move) ?? 0) >= NOTICEABLE_LOSS_MINUTES;
}

/** Whether half of the runs start so much earlier by the clock that what they read may not be there yet. */
export function startsMuchEarlier(move: Start): boolean {
  return (minutesLater(move) ?? 0) < -MUCH_EARLIER_MINUTES;
}

/** Whether the gain of a move, or what gets worse by it, is told in delay. */
export function tellsDelay(move: ScheduleDecision): boolean {
  const later = (move.proposed?.latenessMedianMinutes ?? 0) - (move.today?.latenessMedianMinutes ?? 0);
  const isDelay = leadingReason(move) === 'lateness' && minutesBetween(move.cron, move.to) <= 0;
  return isDelay || later >= NOTICEABLE_LOSS_MINUTES;
}

/** How far a cron moves. */
export interface Distance {
  /** Signed minutes from the old tick to the new one; negative is earlier. */
  readonly minutes: number;
  /** How the day changes, such as `to the day before`; empty where it does not. */
  readonly day: string;
}

/** How far `to` lies from `from`, by the first tick of a day; both keep the same number of ticks. */
export function distanceOf(from: string, to: string): Distance {
  const [before, after] = [parseCron(from), parseCron(to)];
  const shift = minutesBetween(from, to);
  const days = (list: readonly number[]): string => list.map((day) => WEEKDAYS[day]).join(', ');
  const [daysBefore, daysAfter] = [days(before.daysOfWeek), days(after.daysOfWeek)];
  if (daysBefore !== daysAfter) return { minutes: shift, day: `from ${daysBefore} to ${daysAfter}` };
  const [first = 0, then = 0] = [before.dayMinutes[0], after.dayMinutes[0]];
  if (shift === then - first) return { minutes: shift, day: '' };
  return { minutes: shift, day: shift < 0 ? 'to the day before' : 'to the day after' };
}

/** `5 h 33 min earlier, to the day before`; empty where the move is within three hours of the same day. */
export function farMove({ cron, to }: Pick<ScheduleDecision, 'cron' | 'to'>): string {
  const { minutes: shift, day } = distanceOf(cron, to);
  if (Math.abs(shift) <= FAR_MINUTES && day === '') return '';
  const far = `${minutes(Math.abs(shift))} ${shift < 0 ? 'earlier' : 'later'}`;
  return day === '' ? far : `${far}, ${day}`;
}
