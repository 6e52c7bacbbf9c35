import type { MadeForecast } from './replay.ts';
import type { Slot } from './slots.ts';

const MS_PER_DAY = 86_400_000;
const LEAST_DIFFERENCE_MINUTES = 10;

/**
 * Of two schedules at different hours of the same UTC day, whose lateness then differed by more than ten minutes:
 * in what share of the pairs was the one that was forecast to be later the later one?
 */
export function pairsInOrder(
  slots: readonly Slot[],
  made: ReadonlyMap<string, readonly MadeForecast[]>,
  from: number,
  foretold: (forecast: MadeForecast) => number,
): { readonly pairs: number; readonly share: number } {
  const days = new Map<number, { hour: number; actual: number; forecast: number }[]>();
  for (const slot of slots) {
    for (let t = from; t < slot.ticks.length; t++) {
      const tick = slot.ticks[t] ?? 0;
      const forecast = made.get(slot.id)?.[t];
      if (forecast === undefined) continue;
      const day = Math.floor(tick / MS_PER_DAY);
      const list = days.get(day) ?? [];
      list.push({
        hour: Math.floor((tick % MS_PER_DAY) / 3_600_000),
        actual: slot.minutes[t] ?? 0,
        forecast: foretold(forecast),
      });
      days.set(day, list);
    }
  }
  let pairs = 0;
  let right = 0;
  for (const list of days.values()) {
    for (const [i, a] of list.entries()) {
      for (const b of list.slice(i + 1)) {
        if (a.hour === b.hour || Math.abs(a.actual - b.actual) <= LEAST_DIFFERENCE_MINUTES) continue;
        pairs++;
        if (a.actual > b.actual === a.forecast > b.forecast) right++;
      }
    }
  }
  return { pairs, share: right / pairs };
}
