import { DAY_MINUTES } from '../time.ts';
import { parseCron } from './parse.ts';

/**
 * Signed minutes from the first tick of a day of one cron to that of another with as many; negative is earlier. A
 * daily tick has moved the shorter way round the clock.
 */
export function minutesBetween(from: string, to: string): number {
  const [before, after] = [parseCron(from).dayMinutes, parseCron(to).dayMinutes];
  const shift = (after[0] ?? 0) - (before[0] ?? 0);
  const isDaily = before.length === 1 && after.length === 1;
  return isDaily && Math.abs(shift) > DAY_MINUTES / 2 ? shift - Math.sign(shift) * DAY_MINUTES : shift;
}
