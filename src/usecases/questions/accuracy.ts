import { z } from 'zod';
import { type Stream, streamName } from '../../forecast/learned.ts';
import { servingRun } from '../../on-time/served-tick.ts';
import { ForecastErrors, type ForecastRow, forecastErrors, forecastRows } from '../../scorecard/forecasts.ts';
import { mean } from '../../statistics.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import { findStrategy } from '../../strategy/population.ts';
import { type Strategy, Trend } from '../../strategy/strategy.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { forecastFigures } from './forecast-figures.ts';

/** How one strategy's forecasts of durations fared against the runs. */
const StrategyAccuracy = z.object({
  strategy: z.string(),
  predictions: z.number().int().nonnegative(),
  /** This and the next four are `null` before the first forecast. */
  mae_seconds: z.number().nonnegative().nullable(),
  mape_percent: z.number().nonnegative().nullable(),
  /** 100 less the mean error in percent, each error counted as 100 at most. */
  accuracy_score: z.number().min(0).max(100).nullable(),
  /** 1.0·excellent + 0.7·good + 0.4·fair, as shares of all. */
  performance: z.number().min(0).max(1).nullable(),
  /** Share of runs inside the interval that was to hold nine in ten. */
  coverage: z.number().min(0).max(1).nullable(),
  buckets: z.object({
    excellent: z.number().int(),
    good: z.number().int(),
    fair: z.number().int(),
    poor: z.number().int(),
  }),
  trend: Trend,
});
type StrategyAccuracy = z.infer<typeof StrategyAccuracy>;

/** How well one workflow's durations were forecast of late; the errors are those of all its runs that are kept. */
const WorkflowAccuracy = ForecastErrors.omit({ forecasts: true }).extend({
  path: z.string(),
  /** Runs by their schedule, or by anything else. */
  kind: z.string(),
  predictions: z.number().int().nonnegative(),
  /** Share of its newest runs that took within 25 % of their forecast; `null` before the first. */
  within_25_percent: z.number().min(0).max(1).nullable(),
});
type WorkflowAccuracy = z.infer<typeof WorkflowAccuracy>;

/** The accuracy of the strategy in use, or of the one asked for, and beside it that of every other. */
export const Accuracy = StrategyAccuracy.extend({
  runs_learned: z.number().int().nonnegative(),
  strategies: z.array(StrategyAccuracy),
  /** All of them, or the one that was asked for. */
  workflows: z.array(WorkflowAccuracy),
});
export type Accuracy = z.infer<typeof Accuracy>;

/** How well durations were forecast here, each forecast made before its run ended. Throws `not-found`. */
export async function accuracyOf(
  context: Context,
  repositoryId: number,
  { strategy, workflow }: { readonly strategy?: string | undefined; readonly workflow?: string | undefined },
): Promise<Accuracy> {
  const state = await knownRepository(context, repositoryId);
  const { population, learned } = state;
  const only = workflow === undefined ? null : findWorkflow(state, workflow).path;
  // A run that served a tick is learned as a scheduled one.
  const served = new Set(state.ticks.flatMap((tick) => servingRun(tick) ?? []));
  const rows = Map.groupBy(forecastRows([...state.runs]), ({ run }) =>
    streamName(run.path, served.has(run.id) ? 'schedule' : run.event),
  );
  const asked = strategy === undefined ? leadingStrategy(population) : findStrategy(population, strategy);
  return {
    ...accuracy(asked),
    runs_learned: population.runsLearned,
    strategies: population.strategies.map(accuracy),
    workflows: Object.entries(learned.streams)
      .map(([name, stream]) => workflowAccuracy(name, stream.duration.view, rows.get(name) ?? []))
      .filter(({ path }) => only === null || path === only)
      .sort((one, other) => (one.path < other.path ? -1 : 1)),
  };
}

function workflowAccuracy(
  name: string,
  { interval }: Stream['duration']['view'],
  rows: readonly ForecastRow[],
): WorkflowAccuracy {
  const [path = '', kind = ''] = name.split('|');
  const { forecasts: _kept, ...errors } = forecastErrors(rows);
  const { count: predictions, hits } = interval;
  return {
    ...errors,
    path,
    kind,
    predictions,
    within_25_percent: hits.length === 0 ? null : mean(hits),
  };
}

function accuracy({ name, performance_history: record, trend }: Strategy): StrategyAccuracy {
  const { mean_error_percent: _capped, ...figures } = forecastFigures(record);
  return {
    strategy: name,
    predictions: record.total,
    ...figures,
    buckets: { excellent: record.excellent, good: record.good, fair: record.fair, poor: record.poor },
    trend,
  };
}
