import { z } from 'zod';
import { ForecastErrors } from '../scorecard/forecasts.ts';
import { Trend } from '../strategy/strategy.ts';
import { type Document, numerics } from './document.ts';
import { narrowTable } from './history-view.ts';
import { code, type Inline, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, orDash, percent } from './quantity.ts';

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
export type StrategyAccuracy = z.infer<typeof StrategyAccuracy>;

/** How well one workflow's durations were forecast of late; the errors are those of all its runs that are kept. */
const WorkflowAccuracy = ForecastErrors.omit({ forecasts: true }).extend({
  path: z.string(),
  /** Runs by their schedule, or by anything else. */
  kind: z.string(),
  predictions: z.number().int().nonnegative(),
  /** Share of its newest runs that took within 25 % of their forecast; `null` before the first. */
  within_25_percent: z.number().min(0).max(1).nullable(),
});
export type WorkflowAccuracy = z.infer<typeof WorkflowAccuracy>;

/** The accuracy of the strategy in use, or of the one asked for, and beside it that of every other. */
export const Accuracy = StrategyAccuracy.extend({
  runs_learned: z.number().int().nonnegative(),
  strategies: z.array(StrategyAccuracy),
  /** All of them, or the one that was asked for. */
  workflows: z.array(WorkflowAccuracy),
});
export type Accuracy = z.infer<typeof Accuracy>;

/** How well durations were forecast. */
export function renderAccuracy(view: Accuracy): Document {
  const [only, ...others] = view.workflows;
  return [
    // Who asks of one workflow wants its figure first.
    only === undefined || others.length > 0 ? '' : workflowSentence(only),
    accuracySentence(view),
    narrowTable(
      [
        'Workflow',
        'Runs',
        ...numerics('Forecasts', 'Newest within 25 %', 'Score', 'Mean error', 'In seconds'),
      ],
      view.workflows.map((one) => [
        code(fileName(one.path)),
        one.kind === 'schedule' ? 'scheduled' : 'others',
        one.predictions,
        orDash(one.within_25_percent, percent),
        inPercent(one.accuracy_score),
        inPercent(one.mape_percent),
        orDash(one.mae_seconds, (value) => value.toFixed(0)),
      ]),
    ),
    narrowTable(
      [
        'Strategy',
        ...numerics('Score', 'Forecasts', 'Mean error', 'In seconds', 'Performance', 'In the interval'),
        'Trend',
      ],
      view.strategies.map((one) => [
        code(one.strategy),
        inPercent(one.accuracy_score),
        one.predictions,
        inPercent(one.mape_percent),
        orDash(one.mae_seconds, (value) => value.toFixed(0)),
        orDash(one.performance, percent),
        orDash(one.coverage, percent),
        one.predictions === 0 ? '–' : one.trend,
      ]),
    ),
  ];
}

function inPercent(value: number | null): string {
  return orDash(value, (share) => `${share.toFixed(1)} %`);
}

/** The figures of one workflow's forecasts; nothing before there are any. */
function workflowSentence({
  path,
  predictions,
  accuracy_score,
  mape_percent,
}: Accuracy['workflows'][number]): Inline {
  if (accuracy_score === null || mape_percent === null) return '';
  const score = `accuracy score ${inPercent(accuracy_score)} over ${count(predictions, 'forecast')}`;
  return words`${code(fileName(path))}: ${score}, mean error ${inPercent(mape_percent)}.`;
}

function accuracySentence({ predictions, accuracy_score, mape_percent, coverage }: Accuracy): string {
  if (accuracy_score === null || mape_percent === null || coverage === null) {
    return 'There are no forecasts yet: none has met its run.';
  }
  return (
    `All workflows: accuracy score ${accuracy_score.toFixed(1)} % over ${count(predictions, 'forecast')}, each made ` +
    `before its run ended: mean error ${mape_percent.toFixed(1)} %, ${percent(coverage)} inside the interval that ` +
    'was to hold 90 %.'
  );
}
