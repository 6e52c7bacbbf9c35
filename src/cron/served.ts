import { MINUTE_MS } from '../time.ts';

/** GitHub runs nothing more often (docs: "Events that trigger workflows", `schedule`). */
export const SHORTEST_INTERVAL_MINUTES = 5;

/** The ticks (epoch ms, in order) that GitHub can serve: one in each five minutes of the hour, the first. */
export function servedTicks(ticks: readonly number[]): readonly number[] {
  const slot = (tick: number) => Math.floor(tick / (SHORTEST_INTERVAL_MINUTES * MINUTE_MS));
  return ticks.filter((tick, at) => {
    const before = ticks[at - 1];
    return before === undefined || slot(before) !== slot(tick);
  });
}

/** Share of a day's ticks (minutes of the day, in order) that GitHub can serve. */
export function servedShare(dayMinutes: readonly number[]): number {
  const slots = new Set(dayMinutes.map((minute) => Math.floor(minute / SHORTEST_INTERVAL_MINUTES)));
  return dayMinutes.length === 0 ? 1 : slots.size / dayMinutes.length;
}
