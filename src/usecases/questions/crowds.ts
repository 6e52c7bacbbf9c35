import type { Cron } from '../../cron/parse.ts';
import { ticksBetween } from '../../cron/ticks.ts';

/** What is compared: a schedule by its cron and timezone. */
export interface CrowdMember {
  readonly cron: Cron;
  readonly timezone: string;
}

/** How one schedule meets others, at the minute where it meets most of them. */
export interface Meeting {
  /** Epoch ms of the first such minute. */
  readonly at: number;
  /** Places in the list of all schedules that tick in that minute, this one too. */
  readonly members: readonly number[];
  /** Share of its ticks at which it is not alone, 0–1. */
  readonly share: number;
}

const MINUTE_MS = 60_000;
/** Every date of a month, and every weekday, comes up once within five weeks. */
const LOOKED_AHEAD_MINUTES = 35 * 1440;

/**
 * For each schedule the minute of the next five weeks in which it ticks together with most others, `null` where it
 * never does. Schedules meet partly, too: an hourly one and a daily one at midnight. `now` is epoch ms.
 */
export function meetings(schedules: readonly CrowdMember[], now: number): readonly (Meeting | null)[] {
  const from = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  const minutes = schedules.map(({ cron, timezone }) =>
    ticksBetween(cron, timezone, from, from + LOOKED_AHEAD_MINUTES * MINUTE_MS).map(
      (tick) => (tick - from) / MINUTE_MS,
    ),
  );
  const crowd = new Uint32Array(LOOKED_AHEAD_MINUTES);
  for (const own of minutes) for (const minute of own) crowd[minute] = (crowd[minute] ?? 0) + 1;

  const fullest = minutes.map((own) => fullestOf(own, crowd));
  const members = new Map(fullest.map((minute) => [minute, [] as number[]]));
  minutes.forEach((own, index) => {
    for (const minute of own) members.get(minute)?.push(index);
  });
  return minutes.map((own, index) => {
    const minute = fullest[index];
    const present = minute === undefined ? [] : (members.get(minute) ?? []);
    if (minute === undefined || present.length < 2) return null;
    const shared = own.filter((tick) => (crowd[tick] ?? 0) > 1).length;
    return { at: from + minute * MINUTE_MS, members: present, share: shared / own.length };
  });
}

/** The minutes themselves, each once, the fullest first. */
export function crowdsOf(met: readonly (Meeting | null)[]): readonly Pick<Meeting, 'at' | 'members'>[] {
  const byMembers = new Map<string, Meeting>();
  for (const meeting of met) {
    if (meeting === null) continue;
    const key = meeting.members.join();
    const known = byMembers.get(key);
    if (known === undefined || meeting.at < known.at) byMembers.set(key, meeting);
  }
  return [...byMembers.values()].toSorted(
    (one, other) => other.members.length - one.members.length || one.at - other.at,
  );
}

/** The first of the minutes with the most ticks; `undefined` where there is no tick at all. */
function fullestOf(minutes: readonly number[], crowd: Uint32Array): number | undefined {
  let best: number | undefined;
  for (const minute of minutes) {
    if (best === undefined || (crowd[minute] ?? 0) > (crowd[best] ?? 0)) best = minute;
  }
  return best;
}
