import { DAY_MINUTES } from '../time.ts';
import { parseCron } from './parse.ts';

/** Signed minutes from a day's first tick of one cron to that of another; a daily tick moves the shorter way. */
export function minutesBetween(from: string, to: string): number {
  const [before, after] = [parseCron(from).dayMinutes, parseCron(to).dayMinutes];
  const shift = (after[0] ?? 0) - (before[0] ?? 0);
  const isDaily = before.length === 1 && after.length === 1;
  return isDaily && Math.abs(shift) > DAY_MINUTES / 2 ? shift - Math.sign(shift) * DAY_MINUTES : shift;
}
