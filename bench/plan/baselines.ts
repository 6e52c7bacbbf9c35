import { candidatesOf } from '../../src/cron/candidates.ts';
import { type Cron, parseCron } from '../../src/cron/parse.ts';
import { textSeed } from '../../src/simulate/draw.ts';

const OFF_PEAK_HOUR = 3;
const LAST_OFF_PEAK_HOUR = 6;

function withTime(cron: Cron, minute: number, hour: string): string {
  const [, , day = '*', month = '*', weekday = '*'] = cron.text.split(' ');
  return `${minute} ${hour} ${day} ${month} ${weekday}`;
}

/** As Jenkins spreads `H H * * *`: minute and hour by the name's hash, wherever in the day that is. */
export function jenkinsHash(text: string, key: string): string {
  const cron = parseCron(text);
  const hash = textSeed(key);
  if (cron.minutes.length !== 1) return text;
  const [, hours = '*'] = cron.text.split(' ');
  return withTime(cron, hash % 60, cron.hours.length === 1 ? String(Math.floor(hash / 60) % 24) : hours);
}

/** The same within the window that our candidates keep. */
export function hashInWindow(text: string, key: string): string {
  const all = [text, ...candidatesOf(parseCron(text), 'UTC').map(({ cron }) => cron)];
  return all[textSeed(key) % all.length] ?? text;
}

/** The rule that came first: run off-peak, from 0 to 6 h UTC, at the hour that has succeeded best; else at 3. */
export function offPeak(text: string): string {
  const cron = parseCron(text);
  const [minute, hour] = [cron.minutes[0] ?? 0, cron.hours[0] ?? 0];
  if (cron.minutes.length !== 1 || cron.hours.length !== 1 || hour <= LAST_OFF_PEAK_HOUR) return text;
  return withTime(cron, minute, String(OFF_PEAK_HOUR));
}
