import type { Genes } from '../genes/genes.ts';
import { PRIOR_SCALE, SHAPE_VALUES } from './interval.ts';
import type { LearnedRepository, Stream } from './learned.ts';
import { numberIn } from './number-list.ts';
import type { Priors } from './priors.ts';
import { PRIOR_RATE } from './success.ts';

/** What one repository has to tell. */
export interface LearnedSummary {
  readonly series: number;
  /** Sum over the series of the log of their scale. */
  readonly logScales: number;
  readonly residuals: readonly number[];
  readonly runs: number;
  readonly successes: number;
}

/** Runs of a series before its errors say more than its beginning. */
const FEWEST_RUNS = 15;
/** Weight of the shipped scale, in series, and of the shipped success rate, in runs. */
const SCALE_PRIOR_SERIES = 1;
const SUCCESS_PRIOR_RUNS = 20;
/** Genomes handed on. */
const MOST_GENOMES = 3;

/** The summary of what a repository has learned; `null` where that is too little to hand on. */
export function summarise(learned: LearnedRepository): LearnedSummary | null {
  const streams = Object.values(learned.streams).filter(
    ({ duration }) => duration.view.interval.count >= FEWEST_RUNS,
  );
  if (streams.length === 0) return null;
  const sum = (of: (stream: Stream) => number): number =>
    streams.reduce((total, stream) => total + of(stream), 0);
  return {
    series: streams.length,
    logScales: sum(({ duration }) => Math.log(duration.view.interval.scale)),
    residuals: streams.flatMap(({ duration }) => duration.view.interval.residuals),
    runs: sum(({ success }) => success.count),
    successes: sum(({ success }) => success.count * success.slow),
  };
}

/** The priors that summaries and genomes make; `null` of none. */
export function priorsOf(summaries: readonly LearnedSummary[], genomes: readonly Genes[]): Priors | null {
  if (summaries.length === 0) return null;
  const sum = (of: (summary: LearnedSummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0);
  const series = sum((one) => one.series);
  const logScale =
    (sum((one) => one.logScales) + SCALE_PRIOR_SERIES * Math.log(PRIOR_SCALE)) /
    (series + SCALE_PRIOR_SERIES);
  return {
    version: 1,
    repositories: summaries.length,
    series,
    scale: Math.exp(logScale),
    residuals: shapeOf(summaries.flatMap(({ residuals }) => residuals)),
    successRate:
      (sum((one) => one.successes) + SUCCESS_PRIOR_RUNS * PRIOR_RATE) /
      (sum((one) => one.runs) + SUCCESS_PRIOR_RUNS),
    genomes: genomes.slice(0, MOST_GENOMES),
  };
}

/** Equally likely values that stand for many. */
function shapeOf(residuals: readonly number[]): number[] {
  const sorted = [...residuals].sort((a, b) => a - b);
  return Array.from({ length: SHAPE_VALUES }, (_, place) => {
    const at = Math.floor(((place + 0.5) / SHAPE_VALUES) * sorted.length);
    return Math.round(100 * numberIn(sorted, at)) / 100;
  });
}
