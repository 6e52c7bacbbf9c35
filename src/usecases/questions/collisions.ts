import type { Cron } from '../../cron/parse.ts';
import { servedTicks } from '../../cron/served.ts';
import { ticksBetween } from '../../cron/ticks.ts';
import { MINUTE_MS } from '../../time.ts';

/** A schedule as far as its ticks need it. */
export interface TickingSchedule {
  readonly cron: Cron;
  readonly timezone: string;
}

/** The minute in which a schedule ticks together with most others. */
export interface Collision {
  /** Epoch ms; of several such minutes the first. */
  readonly at: number;
  /** Places in the list of all schedules that tick in that minute, this one too. */
  readonly members: readonly number[];
  /** Share of its ticks at which it is not alone, 0–1. */
  readonly share: number;
}

/** Every date of a month, and every weekday, comes up once within five weeks. */
const LOOKED_AHEAD_MINUTES = 35 * 1440;

/**
 * For each schedule the minute of the next five weeks in which it ticks together with most others; `null` for none.
 * Some ticks are enough: an hourly schedule collides with a daily one at midnight.
 */
export function collisions(
  schedules: readonly TickingSchedule[],
  now: number,
): readonly (Collision | null)[] {
  const from = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const minutes = schedules.map(({ cron, timezone }) =>
    servedTicks(ticksBetween(cron, timezone, from, from + LOOKED_AHEAD_MINUTES * MINUTE_MS)).map(
      (tick) => (tick - from) / MINUTE_MS,
    ),
  );
  const ticksByMinute = new Uint32Array(LOOKED_AHEAD_MINUTES);
  for (const own of minutes)
    for (const minute of own) ticksByMinute[minute] = (ticksByMinute[minute] ?? 0) + 1;

  const fullest = minutes.map((own) => fullestOf(own, ticksByMinute));
  const members = new Map(fullest.map((minute) => [minute, [] as number[]]));
  minutes.forEach((own, index) => {
    for (const minute of own) members.get(minute)?.push(index);
  });
  return minutes.map((own, index) => {
    const minute = fullest[index];
    const present = minute === undefined ? [] : (members.get(minute) ?? []);
    if (minute === undefined || present.length < 2) return null;
    const shared = own.filter((tick) => (ticksByMinute[tick] ?? 0) > 1).length;
    return { at: from + minute * MINUTE_MS, members: present, share: shared / own.length };
  });
}

/** Each minute once, the one with most schedules first. */
export function distinctCollisions(
  found: readonly (Collision | null)[],
): readonly Pick<Collision, 'at' | 'members'>[] {
  const byMembers = new Map<string, Collision>();
  for (const collision of found) {
    if (collision === null) continue;
    const key = collision.members.join();
    const known = byMembers.get(key);
    if (known === undefined || collision.at < known.at) byMembers.set(key, collision);
  }
  return [...byMembers.values()].toSorted(
    (one, other) => other.members.length - one.members.length || one.at - other.at,
  );
}

/** The first of the minutes with the most ticks; `undefined` where there is no tick at all. */
function fullestOf(minutes: readonly number[], ticksByMinute: Uint32Array): number | undefined {
  let best: number | undefined;
  for (const minute of minutes) {
    if (best === undefined || (ticksByMinute[minute] ?? 0) > (ticksByMinute[best] ?? 0)) best = minute;
  }
  return best;
}
