import { emptyLatenessPool } from '../../src/forecast/lateness-pool.ts';
import { type Learning, learnNext } from '../../src/forecast/learn.ts';
import { emptyLearned, type LearnedRepository } from '../../src/forecast/learned.ts';
import type { Priors } from '../../src/forecast/priors.ts';
import { priorsOf, summarise } from '../../src/forecast/summarise.ts';
import type { Quantiles } from '../../src/forecast/types.ts';
import type { Series } from '../forecast/series.ts';
import { workflowRun } from './repositories.ts';
import { mean } from './score.ts';

/** Series that make a repository: neighbours in the list come from the same projects. */
const SERIES_EACH = 5;
/** Neighbours on either side whose experience is shared. */
const NEIGHBOURS = 2;
const FIRST_FORECASTS = 20;
const LEVELS = [
  ['q05', 0.05],
  ['q25', 0.25],
  ['q50', 0.5],
  ['q75', 0.75],
  ['q95', 0.95],
] as const;

export interface NewcomerScore {
  readonly pinball: number;
  readonly coverage: number;
  readonly meanError: number;
  /** Mean squared difference between the confidence said and whether the error was at most 25 %. */
  readonly brier: number;
}

/** The first forecasts of each series in repositories that begin with and without what their neighbours learned. */
export function scoreNewcomers(series: readonly Series[]): {
  readonly without: NewcomerScore;
  readonly with: NewcomerScore;
} {
  const groups = Array.from({ length: Math.ceil(series.length / SERIES_EACH) }, (_, at) =>
    series.slice(at * SERIES_EACH, (at + 1) * SERIES_EACH),
  );
  const summaries = groups.map((group) => summarise(learn(group, null).learned));
  const alone: First[] = [];
  const taught: First[] = [];
  groups.forEach((group, at) => {
    const near = Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, place) => at + place - NEIGHBOURS)
      .filter((place) => place !== at)
      .flatMap((place) => summaries[place] ?? []);
    alone.push(...learn(group, null).first);
    taught.push(...learn(group, priorsOf(near, [])).first);
  });
  return { without: scoreOf(alone), with: scoreOf(taught) };
}

interface First {
  readonly forecast: Quantiles;
  readonly confidence: number;
  readonly seconds: number;
  readonly scale: number;
}

function learn(
  group: readonly Series[],
  priors: Priors | null,
): { readonly learned: LearnedRepository; readonly first: readonly First[] } {
  let learning: Learning = { learned: { ...emptyLearned(), priors }, pool: emptyLatenessPool() };
  const first: First[] = [];
  let id = 0;
  for (const one of group) {
    one.seconds.forEach((seconds, place) => {
      id += 1;
      const startedAt = (one.starts[place] ?? 0) * 1000;
      const succeeded = one.succeeded[place] ?? true;
      const run = { ...workflowRun({ path: one.id, startedAt, seconds, succeeded }), id };
      const next = learnNext(learning, run, []);
      learning = next;
      const { predicted } = next.outcome;
      if (predicted === null || place > FIRST_FORECASTS) return;
      first.push({
        forecast: predicted.seconds,
        confidence: predicted.confidence,
        seconds,
        scale: one.scale,
      });
    });
  }
  return { learned: learning.learned, first };
}

function scoreOf(first: readonly First[]): NewcomerScore {
  const errors = first.map(({ forecast, seconds }) => Math.abs(forecast.q50 - seconds) / seconds);
  return {
    pinball: mean(
      first.map(({ forecast, seconds, scale }) => {
        const losses = LEVELS.map(([name, level]) => {
          const excess = seconds - forecast[name];
          return 2 * excess * (level - (excess < 0 ? 1 : 0));
        });
        return mean(losses) / scale;
      }),
    ),
    coverage: mean(
      first.map(({ forecast, seconds }) => (seconds >= forecast.q05 && seconds <= forecast.q95 ? 1 : 0)),
    ),
    meanError: mean(errors.map((error) => Math.min(1, error))),
    brier: mean(first.map(({ confidence }, at) => (confidence - ((errors[at] ?? 1) <= 0.25 ? 1 : 0)) ** 2)),
  };
}
