import type { DayWindow } from '../cron/limits.ts';

/** Time of day, `00:00` to `23:59`. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
/** From–to of the local day; the second may be smaller, then the window goes over midnight. */
export const WINDOW = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
/** A number and m(inutes), h(ours) or d(ays). */
export const SPAN = /^(\d{1,4})([mhd])$/;

const MINUTES_OF_UNIT: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

/** Minutes of the day for `HH:MM`; `undefined` where the text is not one. */
export function parseTimeOfDay(text: string): number | undefined {
  const match = TIME_OF_DAY.exec(text);
  return match === null ? undefined : Number(match[1]) * 60 + Number(match[2]);
}

/** The window for `HH:MM-HH:MM`; `undefined` where the text is not one, or both ends are the same. */
export function parseWindow(text: string): DayWindow | undefined {
  if (!WINDOW.test(text)) return undefined;
  const [from = '', to = ''] = text.split('-');
  const fromMinute = parseTimeOfDay(from);
  const toMinute = parseTimeOfDay(to);
  if (fromMinute === undefined || toMinute === undefined || fromMinute === toMinute) return undefined;
  return { fromMinute, toMinute };
}

/** Minutes for a span such as `30m`, `2h`, `1d`; `undefined` where the text is not one. */
export function parseSpan(text: string): number | undefined {
  const match = SPAN.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (MINUTES_OF_UNIT[match[2] ?? ''] ?? Number.NaN);
}
