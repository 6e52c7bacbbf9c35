import { z } from 'zod';
import { Genes } from '../genes/genes.ts';
import { EvolutionRound, LearningEvent, Objectives, Trend } from '../strategy/strategy.ts';
import { type Block, type Document, indented, numerics, table, together } from './document.ts';
import { code, reason, words } from './inline.ts';
import { count, instant, orDash, percent } from './quantity.ts';

const StrategyRecord = z.object({
  name: z.string(),
  generation: z.number().int(),
  parents: z.array(z.string()),
  parameters: Genes,
  total: z.number().int(),
  excellent: z.number().int(),
  good: z.number().int(),
  fair: z.number().int(),
  poor: z.number().int(),
  /**
   * Mean of the relative errors in percent, each capped at 100; `mape_percent` is not capped. Like the score, the
   * performance and the coverage `null` before the first forecast.
   */
  mean_error_percent: z.number().nullable(),
  mape_percent: z.number().nullable(),
  mae_seconds: z.number().nullable(),
  /** 100 − mean error. */
  accuracy_score: z.number().nullable(),
  /** 1.0·excellent + 0.7·good + 0.4·fair share, 0–1, and its lower bound on the newest forecasts. */
  performance: z.number().nullable(),
  lower_bound: z.number(),
  interval_coverage: z.number().nullable(),
  trend: Trend,
  /** Hours a tick above the best strategy's choices, by replay; `null` before any choice could be replayed. */
  slot_regret_hours: z.number().nullable(),
  objectives: Objectives.nullable(),
  dominated: z.boolean(),
});

type StrategyRecord = z.infer<typeof StrategyRecord>;

/** What a repository's strategies have learned. */
export const LearningView = z.object({
  /** Strategies in use first, then by performance. */
  strategies: z.array(StrategyRecord),
  best_strategy: z.string(),
  /** Newest first. */
  last_events: z.array(LearningEvent),
  last_evolution: EvolutionRound.nullable(),
  /** How many other repositories and series it started from. */
  learned_from: z.object({ repositories: z.number().int(), series: z.number().int() }).nullable(),
});
export type LearningView = z.infer<typeof LearningView>;

/** The strategies and their records, what the newest evolution tried, and what was learned last. */
export function renderLearning(view: LearningView): Document {
  const best = view.strategies.find(({ name }) => name === view.best_strategy);
  return [
    best === undefined ? '' : words`Strategy in use: ${code(best.name)}. ${totalWords(best)}`,
    strategyTable(view),
    together('What the last evolution tried:', indented(evolutionLines(view).map(reason))),
    view.last_events.length === 0
      ? ''
      : together('Learned last:', indented(view.last_events.map((event) => reason(eventWords(event))))),
  ];
}

function strategyTable({ strategies, best_strategy }: LearningView): Block {
  return table(
    [
      'Strategy',
      ...numerics(
        'Forecasts',
        '≤ 10 / 25 / 50 / > 50 %',
        'Performance',
        'Accuracy',
        'In 90 %',
        'Slot regret',
      ),
      'Trend',
    ],
    strategies.map((one) => [
      words`${code(one.name)}${one.name === best_strategy ? ' (in use)' : ''}${one.dominated ? ' (dominated)' : ''}`,
      String(one.total),
      one.total === 0 ? '–' : `${one.excellent} / ${one.good} / ${one.fair} / ${one.poor}`,
      orDash(one.performance, percent),
      orDash(one.accuracy_score, (score) => score.toFixed(1)),
      orDash(one.interval_coverage, percent),
      one.slot_regret_hours === null ? '–' : `${one.slot_regret_hours.toFixed(2)} h`,
      one.total === 0 ? '–' : one.trend,
    ]),
  );
}

function totalWords(one: StrategyRecord): string {
  const { mean_error_percent: error, mae_seconds: seconds, accuracy_score: score } = one;
  if (error === null || seconds === null || score === null) return 'It has forecast nothing yet.';
  return [
    count(one.total, 'forecast'),
    `mean error ${error.toFixed(1)} %`,
    `mean absolute error ${seconds.toFixed(0)} s`,
    `accuracy score ${score.toFixed(1)}.`,
  ].join(', ');
}

function evolutionLines({ last_evolution }: LearningView): readonly string[] {
  if (last_evolution === null) return ['Nothing yet: the first round comes after 50 runs.'];
  const { at, runsReplayed, events } = last_evolution;
  const kept = events.filter(({ kind }) => kind === 'evolved').length;
  const refused = events.filter(({ kind }) => kind === 'refused').length;
  return [
    `${instant(at)}, ${count(runsReplayed, 'run')} forecast anew: ${kept} kept, ${refused} refused.`,
    ...events.map(({ strategy, why }) => `${strategy}: ${why}`),
  ];
}

function eventWords({ at, strategy, kind, why }: LearningEvent): string {
  return `${instant(at)}, ${strategy}, ${kind}: ${why}`;
}
