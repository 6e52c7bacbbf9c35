import { planSchedules } from '../../src/plan/plan.ts';
import { execute } from '../../src/simulate/engine.ts';
import { type Measures, measure } from '../../src/simulate/measure.ts';
import { startedRuns } from '../../src/simulate/runs.ts';
import type { World } from '../../src/simulate/world.ts';
import { type Case, DAY_MS, inputOf, learnedUntil, playersOf, worldOf } from './case.ts';

/** GitHub fires no oftener than every five minutes. */
const MOST_TICKS_A_DAY = 288;

/** What one way of re-planning came to over all days. */
export interface Drifted {
  readonly edits: number;
  readonly completionMinutes: number;
  readonly overlapMinutes: number;
}

type Settings = NonNullable<Parameters<typeof inputOf>[2]>;

/** Plans every so many days under these settings, learns as it goes, and is judged by all days. 0: never plans. */
export function drifted(
  of: Case,
  from: number,
  days: number,
  everyDays: number,
  settings: Settings,
): Drifted {
  const crons = new Map<string, string>();
  const moved = new Map<string, number>();
  const step = everyDays === 0 ? days : everyDays;
  let [seen, edits, completion, overlap] = [of, 0, 0, 0];
  for (let day = 0; day < days; day += step) {
    const now = from + day * DAY_MS;
    const until = Math.min(now + step * DAY_MS, from + days * DAY_MS);
    if (everyDays > 0) {
      for (const { key, outcome, to } of planSchedules(
        inputOf(seen, now, settings, { crons, moved, edits }),
        1,
      ).schedules) {
        if (outcome !== 'move') continue;
        crons.set(key, to);
        moved.set(key, now);
        edits += 1;
      }
      seen = learnedUntil(seen, crons, now, until);
    }
    for (let from = now; from < until; from += DAY_MS) {
      const measures = playedDay(of, crons, from);
      completion += measures.completionMinutes / days;
      overlap += measures.overlapMinutes / days;
    }
  }
  return { edits, completionMinutes: completion, overlapMinutes: overlap };
}

/** Days are played one by one under every policy, with the luck of the day: so all meet the same. */
function playedDay(of: Case, crons: ReadonlyMap<string, string>, from: number): Measures {
  const players = playersOf(of, crons);
  const world = worldOf(of);
  const first = (from / DAY_MS) * MOST_TICKS_A_DAY;
  const ofDay: World = {
    ...world,
    outcomeOf: (place, tick, ordinal) => world.outcomeOf(place, tick, first + ordinal),
  };
  const started = startedRuns(players, ofDay, from, from + DAY_MS);
  return measure(players, started, execute(players, started.runs, ofDay), from, from + DAY_MS);
}
