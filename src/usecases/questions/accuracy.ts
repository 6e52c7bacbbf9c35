import { type Stream, streamName } from '../../forecast/learned.ts';
import { servingRun } from '../../on-time/served-tick.ts';
import type { Accuracy, StrategyAccuracy, WorkflowAccuracy } from '../../render/accuracy.ts';
import { type ForecastRow, forecastErrors, forecastRows } from '../../scorecard/forecasts.ts';
import { mean } from '../../statistics.ts';
import { leadingStrategy } from '../../strategy/choose.ts';
import { findStrategy } from '../../strategy/population.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { forecastFigures } from './forecast-figures.ts';

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
