import { DAY_MINUTES, HOUR_MINUTES } from '../time.ts';

/** A non-breaking space, which keeps a figure and its unit on one line. */
const NBSP = '\u00a0';

/** Minutes as people say them: `40 s`, `7 min`, `2 h 5 min`, `3 d 4 h`. Negative ones carry a minus sign. */
export function minutes(value: number): string {
  if (value < 0) return `−${minutes(-value)}`;
  if (value > 0 && value < 1) return `${Math.max(1, Math.round(value * 60))}${NBSP}s`;
  const whole = Math.round(value);
  if (whole < HOUR_MINUTES) return `${whole}${NBSP}min`;
  // Above a few hours the minutes are noise.
  const rounded = whole < 6 * HOUR_MINUTES ? whole : Math.round(whole / 10) * 10;
  if (rounded < DAY_MINUTES) {
    const rest = rounded % HOUR_MINUTES;
    const hours = `${Math.floor(rounded / HOUR_MINUTES)}${NBSP}h`;
    return rest === 0 ? hours : `${hours}${NBSP}${rest}${NBSP}min`;
  }
  const hours = Math.round(whole / HOUR_MINUTES);
  const rest = hours % 24;
  return `${Math.floor(hours / 24)}${NBSP}d${rest === 0 ? '' : `${NBSP}${rest}${NBSP}h`}`;
}

/** Seconds as people say them. */
export function seconds(value: number): string {
  return minutes(value / 60);
}

/** A share (0–1) as whole percent. Only exactly 0 and 1 are shown as 0 % and 100 %. */
export function percent(share: number): string {
  return `${wholePercent(share)}${NBSP}%`;
}

/** The figure that `percent` shows. */
export function wholePercent(share: number): number {
  const whole = Math.round(share * 100);
  if (whole >= 100 && share < 1) return 99;
  return whole <= 0 && share > 0 ? 1 : whole;
}

/** The 95 % confidence interval of a figure: `95 % interval 54 min to 3 h 3 min`. */
export function interval95(lower: string, upper: string): string {
  return `95${NBSP}% interval ${lower} to ${upper}`;
}

/** `1 run`, `3 runs`, `3,036 runs`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')}${NBSP}${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Instant (epoch ms) as `2026-05-04 07:30 UTC`. */
export function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Time of day of an instant, `07:30`, in UTC. */
export function timeOfDay(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** A figure in words; a dash where nothing is known. */
export function orDash(value: number | null, say: (value: number) => string): string {
  return value === null ? '–' : say(value);
}
