import { execute } from '../../src/simulate/engine.ts';
import { type Measures, measure } from '../../src/simulate/measure.ts';
import { startedRuns } from '../../src/simulate/runs.ts';
import { mean } from '../../src/statistics.ts';
import { type Case, DAY_MS, JUDGED_DAYS, JUDGED_FROM, playersOf, worldOf } from './case.ts';

const WEEK_DAYS = 7;

/** The weeks of later months, measured one by one. */
export function realised(of: Case, crons: ReadonlyMap<string, string>): readonly Measures[] {
  const players = playersOf(of, crons);
  const world = worldOf(of);
  return Array.from({ length: JUDGED_DAYS / WEEK_DAYS }, (_, week) => {
    const from = JUDGED_FROM + week * WEEK_DAYS * DAY_MS;
    const to = from + WEEK_DAYS * DAY_MS;
    const started = startedRuns(players, world, from, to);
    return measure(players, started, execute(players, started.runs, world), from, to);
  });
}

export function meanOf(weeks: readonly Measures[], figure: (measures: Measures) => number): number {
  return mean(weeks.map(figure));
}

/** The value below which this share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (place - Math.floor(place)) * (high - low);
}
