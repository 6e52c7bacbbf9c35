import type { OlderRuns } from '../../history/older-runs.ts';
import { mergedSketches, type QuantileSketch, sketchQuantile } from '../../history/quantile-sketch.ts';
import type { OlderMonths, Spread } from '../../render/history-view.ts';
import type { RepositoryState } from '../ports.ts';

/** Months of any files and kinds taken together. */
export function summariseMonths(months: readonly OlderRuns[]): OlderMonths {
  const sum = (of: (month: OlderRuns) => number): number =>
    months.reduce((total, month) => total + of(month), 0);
  const outcomes = sum(({ successes, failures }) => successes + failures);
  const spread = (of: (month: OlderRuns) => QuantileSketch): Spread | null => {
    const all = months.reduce<QuantileSketch>((sketch, month) => mergedSketches(sketch, of(month)), {});
    const [median, p90] = [sketchQuantile(all, 0.5), sketchQuantile(all, 0.9)];
    return median === null || p90 === null ? null : { median, p90 };
  };
  return {
    runs: sum(({ runs }) => runs),
    success_rate: outcomes === 0 ? null : sum(({ successes }) => successes) / outcomes,
    duration_seconds: spread(({ durationSeconds }) => durationSeconds),
    lateness_minutes: spread(({ latenessMinutes }) => latenessMinutes),
  };
}

/** Runs of a repository that are known, one by one or as older ones by month: of whatever workflow and outcome. */
export function knownRuns({ runs, olderRuns = [] }: Pick<RepositoryState, 'runs' | 'olderRuns'>): number {
  return olderRuns.reduce((sum, months) => sum + months.runs, runs.length);
}
