import { type CandidateLimits, nearestCandidate, reachOf } from '../cron/candidates.ts';
import { joinWords } from '../cron/join-words.ts';
import type { Cron } from '../cron/parse.ts';
import { shapeOf } from '../cron/shape.ts';
import { DAY_MINUTES, HOUR_MINUTES } from '../time.ts';
import { type Refusal, type RefusalDetails, refuse } from './refusal.ts';

/** The refusal of a schedule without candidates, with what could give it some. Throws `timezone-unknown`. */
export function whyNoCandidate(
  cron: Cron,
  timezone: string,
  limits: CandidateLimits,
  place: Pick<RefusalDetails, 'line' | 'column'> = {},
): Refusal {
  const reach = reachOf(shapeOf(cron, timezone), limits);
  const nearest = nearestCandidate(cron, timezone, { ...limits, maxShiftMinutes: DAY_MINUTES });
  if (nearestCandidate(cron, timezone, { ...limits, allowDayChange: true }) !== null) {
    return refuse('no-candidate', {
      ...place,
      detail: 'any other time within its limits lies on another date',
      mend: 'Write `allow-day-change: true` in the configuration, where the date of its runs does not matter.',
    });
  }
  if (nearest === null) {
    const isFull = cron.minutes.length === HOUR_MINUTES;
    const everyMinute = {
      detail: 'every minute of its hours has a tick',
      mend: 'There is nothing to do; fewer ticks would have room to move.',
    };
    return refuse('no-candidate', { ...place, ...(isFull ? everyMinute : (tooNarrow(limits) ?? {})) });
  }
  const needed = spanText(Math.abs(nearest.shiftMinutes));
  const written = limits.maxShiftMinutes === undefined ? 'by default' : 'by its `max-shift`';
  return refuse('no-candidate', {
    ...place,
    detail: `${written} it may move by ${spanText(reach)} at most`,
    mend:
      `Write \`max-shift=${needed}\` or more beside the cron, or \`max-shift: ${needed}\` in the configuration, ` +
      'to let it come that far.',
  });
}

const BOUNDS = [
  ['window', 'window'],
  ['finish-by', 'finishByMinute'],
  ['not-before', 'notBeforeMinute'],
] as const;

/** What to say of limits that leave no time however far a schedule may move; `undefined` for a window alone. */
function tooNarrow(limits: CandidateLimits): Pick<RefusalDetails, 'detail' | 'mend'> | undefined {
  const names = BOUNDS.filter(([, key]) => limits[key] !== undefined).map(([name]) => `\`${name}\``);
  const [first, ...others] = names;
  if (first === undefined || (others.length === 0 && limits.window !== undefined)) return undefined;
  if (others.length === 0) return { detail: `its ${first} leaves none`, mend: `Change ${first}.` };
  const all = others.length > 1 ? 'all of them' : 'both';
  return {
    detail: `its ${joinWords(names)} together leave none`,
    mend: `Change ${joinWords(names, 'or')}, so that there is a time within ${all}.`,
  };
}

/** The span in directive form, rounded up to whole hours from one hour on. */
function spanText(minutes: number): string {
  if (minutes < HOUR_MINUTES) return `${minutes}m`;
  return `${Math.ceil(minutes / HOUR_MINUTES)}h`;
}
