import { itemAt } from '../checked.ts';
import { parseCron } from '../cron/parse.ts';
import { servedTicks } from '../cron/served.ts';
import { ticksBetween } from '../cron/ticks.ts';
import { MINUTE_MS } from '../time.ts';
import type { SimulatedSchedule, World } from './world.ts';

/** A run that GitHub starts for a tick. */
export interface StartedRun {
  /** Place of its schedule in the list. */
  readonly place: number;
  /** Epoch ms. */
  readonly tick: number;
  readonly createdAt: number;
  readonly seconds: number;
  readonly fails: boolean;
}

export interface Started {
  /** In the order of their creation. */
  readonly runs: readonly StartedRun[];
  /** Number of ticks without a run, by place of their schedule. */
  readonly lost: readonly number[];
  readonly ticks: readonly number[];
}

/** The runs of the ticks in a span (epoch ms); one not created by its schedule's next tick may merge into that. */
export function startedRuns(
  schedules: readonly SimulatedSchedule[],
  world: World,
  from: number,
  to: number,
): Started {
  const runs: StartedRun[] = [];
  const lost = schedules.map(() => 0);
  const counts = schedules.map(() => 0);
  schedules.forEach((schedule, place) => {
    const ticks = servedTicks(ticksBetween(parseCron(schedule.cron), schedule.timezone, from, to));
    counts[place] = ticks.length;
    ticks.forEach((tick, ordinal) => {
      const { lateMinutes, merges, seconds, fails } = world.outcomeOf(place, tick, ordinal);
      const next = ticks[ordinal + 1];
      const createdAt = tick + (lateMinutes ?? 0) * MINUTE_MS;
      if (lateMinutes === null || (merges && next !== undefined && createdAt > next)) {
        lost[place] = itemAt(lost, place) + 1;
        return;
      }
      runs.push({ place, tick, createdAt, seconds, fails });
    });
  });
  runs.sort((a, b) => a.createdAt - b.createdAt || a.place - b.place);
  return { runs, lost, ticks: counts };
}
