import { readFileSync } from 'node:fs';
import { forecastLoad } from '../../src/jobs/load.ts';
import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { DAY_MS, HOUR_MS } from '../../src/time.ts';

/** A series of counts, and what one step of it lasts. */
export interface LoadSeries {
  readonly name: string;
  readonly stepMs: number;
  readonly counts: readonly number[];
}

/** 1 − WAPE of one-step forecasts on the last third of each series, the sums taken over all of them. */
export interface LoadScore {
  readonly series: number;
  readonly ours: number;
  readonly seasonalNaive: number;
  readonly ets: number;
  /** Share of values within our intervals of nine in ten. */
  readonly covered: number;
}

/** Weeks of made jobs by the hour: a working day's pattern, a quiet weekend, levels that drift, counts that scatter. */
export function madeLoad(seeds: readonly number[], weeks = 9): readonly LoadSeries[] {
  return seeds.map((seed) => {
    const random = seededRandom(seed);
    const [base, peak] = [1 + 3 * random(), 5 + 25 * random()];
    let level = 0;
    const counts = Array.from({ length: weeks * 168 }, (_, hour) => {
      if (hour % 24 === 0) level += 0.08 * normalDraw(random);
      const [day, ofDay] = [Math.floor(hour / 24) % 7, hour % 24];
      const isWorking = day < 5 && ofDay >= 7 && ofDay < 19;
      const mean =
        Math.exp(level) * (isWorking ? base + peak * Math.sin((Math.PI * (ofDay - 6.5)) / 12.5) : base);
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalDraw(random)));
    });
    return { name: `made ${seed}`, stepMs: HOUR_MS, counts };
  });
}

/**
 * Runs by the hour and by the day of recorded series, those of one project and time taken together: rows
 * `series_id,index,start_time,…`. Series that begin within a week of each other count as one project's.
 */
export function recordedLoad(file: string): readonly LoadSeries[] {
  const starts = new Map<string, number[]>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const [id = '', , start = ''] = line.split(',');
    starts.set(id, [...(starts.get(id) ?? []), 1_000 * Number(start)]);
  }
  const groups = Map.groupBy(starts.values(), (own) => Math.floor(Math.min(...own) / (7 * DAY_MS)));
  return [...groups].flatMap(([week, series]) => {
    // Each series holds its newest runs: before the last of them begins, a part of the load is missing.
    const from = Math.max(...series.map((own) => Math.min(...own)));
    const to = Math.min(...series.map((own) => Math.max(...own)));
    const all = series.flat().filter((at) => at >= from && at < to);
    return [HOUR_MS, DAY_MS].flatMap((stepMs) => {
      const counts = new Array<number>(Math.max(0, Math.floor((to - from) / stepMs))).fill(0);
      for (const at of all) {
        const place = Math.floor((at - from) / stepMs);
        if (place < counts.length) counts[place] = (counts[place] ?? 0) + 1;
      }
      const name = `recorded, week ${week}, ${stepMs === HOUR_MS ? 'hours' : 'days'}`;
      return counts.length >= (stepMs === HOUR_MS ? 14 * 24 : 21) ? [{ name, stepMs, counts }] : [];
    });
  });
}

/** Scores one-step forecasts of the last third of each series, each made from what was before it. */
export function scoreLoad(series: readonly LoadSeries[], every = 1): LoadScore {
  const missed = { ours: 0, seasonalNaive: 0, ets: 0 };
  let [total, within, scored] = [0, 0, 0];
  for (const { counts, stepMs } of series) {
    const season = stepMs >= DAY_MS ? 7 : 168;
    const first = Math.floor((2 * counts.length) / 3);
    const ets = etsForecasts(counts, season <= first / 2 ? season : stepMs >= DAY_MS ? 1 : 24, first);
    for (let at = first; at < counts.length; at += every) {
      const value = counts[at] ?? 0;
      const ours = forecastLoad(counts.slice(0, at), stepMs);
      total += value;
      scored += 1;
      missed.ours += Math.abs(value - (ours?.expected ?? 0));
      missed.seasonalNaive += Math.abs(value - (counts[at - season] ?? counts[at - 1] ?? 0));
      missed.ets += Math.abs(value - (ets[at] ?? 0));
      if (ours !== null && value >= Math.floor(ours.low) && value <= Math.ceil(ours.high)) within += 1;
    }
  }
  const accuracy = (sum: number): number => 1 - sum / Math.max(1, total);
  return {
    series: series.length,
    ours: accuracy(missed.ours),
    seasonalNaive: accuracy(missed.seasonalNaive),
    ets: accuracy(missed.ets),
    covered: within / Math.max(1, scored),
  };
}

/** ETS(A,N,A): level and season, additive, both rates chosen by the squared error on what is before `first`. */
function etsForecasts(counts: readonly number[], season: number, first: number): readonly number[] {
  const rates = [0.02, 0.05, 0.1, 0.2, 0.4];
  let best: { readonly error: number; readonly said: readonly number[] } | null = null;
  for (const level of rates) {
    for (const seasonal of rates) {
      const said = etsRun(counts, season, level, seasonal);
      let error = 0;
      for (let at = season; at < first; at += 1) error += ((counts[at] ?? 0) - (said[at] ?? 0)) ** 2;
      if (best === null || error < best.error) best = { error, said };
    }
  }
  return best?.said ?? [];
}

function etsRun(counts: readonly number[], season: number, levelRate: number, seasonRate: number): number[] {
  const begin = counts.slice(0, season);
  let level = begin.reduce((sum, value) => sum + value, 0) / Math.max(1, begin.length);
  const seasons = begin.map((value) => value - level);
  return counts.map((value, at) => {
    const place = at % season;
    const said = Math.max(0, level + (seasons[place] ?? 0));
    const error = value - (level + (seasons[place] ?? 0));
    level += levelRate * error;
    seasons[place] = (seasons[place] ?? 0) + seasonRate * (1 - levelRate) * error;
    return said;
  });
}
