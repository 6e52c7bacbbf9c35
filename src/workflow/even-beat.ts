import { fieldTexts, parseCron } from '../cron/parse.ts';
import { DAY_MINUTES } from '../time.ts';
import type { Schedule, WorkflowFile } from './schedule.ts';

/** Fewer ticks a day hardly make a beat: noon and midnight are two times. */
const FEWEST_TICKS = 3;

/**
 * Minutes between the ticks that a schedule makes together with others of its file on the same days, where these are
 * even around the clock and its own crons are not alone in that; `null` where there is no such beat.
 */
export function evenBeat({ schedules }: WorkflowFile, schedule: Schedule): number | null {
  const partners = schedules.filter((other) => daysOf(other) === daysOf(schedule));
  if (partners.length < 2) return null;
  const minutes = partners.flatMap(({ cron }) => parseCron(cron).dayMinutes).sort((a, b) => a - b);
  const beat = DAY_MINUTES / minutes.length;
  const [first = 0] = minutes;
  const isEven = minutes.every((minute, at) => minute === first + at * beat);
  return isEven && minutes.length >= FEWEST_TICKS ? beat : null;
}

/** The days of a schedule as text, with the zone in which they are meant; nobody else's where its cron may be none. */
function daysOf({ cron, timezone, refusal, index }: Schedule): string {
  if (refusal !== undefined && refusal.code !== 'pinned') return `#${index}`;
  const { dayOfMonth, month, dayOfWeek } = fieldTexts(parseCron(cron));
  return [timezone, dayOfMonth, month, dayOfWeek].join(' ');
}
