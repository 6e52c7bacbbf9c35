import { z } from 'zod';
import { Genes } from '../genes/genes.ts';
import { EvolutionRound, LearningEvent, Objectives, Trend } from '../strategy/strategy.ts';
import {
  code,
  details,
  inline,
  inlineReason,
  markdownTable,
  plainLine,
  REASON_CODE_POINTS,
} from './markdown.ts';
import { count, instant, percent } from './quantity.ts';
import { renderTable } from './table.ts';

/** One strategy's record as a report shows it. */
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
  /** Mean of the relative errors, each capped at 100, and the same without the cap. */
  mean_error_percent: z.number(),
  mape_percent: z.number(),
  mae_seconds: z.number(),
  /** 100 − mean error. */
  accuracy_score: z.number(),
  /** 1.0·excellent + 0.7·good + 0.4·fair share, 0–1, and its lower bound on the newest forecasts. */
  performance: z.number(),
  lower_bound: z.number(),
  interval_coverage: z.number(),
  trend: Trend,
  /** Hours a tick above the best strategy's choices, by replay; `null` before any choice could be replayed. */
  slot_regret_hours: z.number().nullable(),
  objectives: Objectives.nullable(),
  dominated: z.boolean(),
});

/** What a repository's strategies have learned. */
export const LearningView = z.object({
  /** Strategies in use first, then by performance. */
  strategies: z.array(StrategyRecord),
  best_strategy: z.string(),
  /** Newest first. */
  last_events: z.array(LearningEvent),
  last_evolution: EvolutionRound.nullable(),
  /** Other repositories and series that it began with. */
  learned_from: z.object({ repositories: z.number().int(), series: z.number().int() }).nullable(),
});
export type LearningView = z.infer<typeof LearningView>;

/** The strategies and their buckets, what was learned last, and what the newest evolution tried, as Markdown. */
export function learningMarkdown(view: LearningView): string {
  const best = view.strategies.find(({ name }) => name === view.best_strategy);
  const table = markdownTable(
    [
      'Strategy',
      'Forecasts',
      '≤ 10 / 25 / 50 / > 50 %',
      'Performance',
      'Accuracy',
      'In 90 %',
      'Slot regret',
      'Trend',
    ],
    view.strategies.map((one) => [
      `${one.name === view.best_strategy ? `**${inline(one.name)}**` : inline(one.name)}${one.dominated ? ' (dominated)' : ''}`,
      String(one.total),
      buckets(one),
      percent(one.performance),
      one.accuracy_score.toFixed(1),
      percent(one.interval_coverage),
      one.slot_regret_hours === null ? '–' : `${one.slot_regret_hours.toFixed(2)} h`,
      one.trend,
    ]),
    [1, 2, 3, 4, 5, 6],
  );
  return [
    ...(best === undefined ? [] : [`In use: ${code(best.name)}. ${inline(totalsWords(best))}`]),
    details('Strategies', table),
    [
      'What the last evolution tried:',
      '',
      ...evolutionLines(view).map((line) => `- ${inlineReason(line)}`),
    ].join('\n'),
    ...(view.last_events.length === 0
      ? []
      : [
          details(
            'Learned last',
            view.last_events.map((event) => `- ${inlineReason(eventWords(event))}`).join('\n'),
          ),
        ]),
  ].join('\n\n');
}

/** The same for a terminal. */
export function learningText(view: LearningView): string {
  const best = view.strategies.find(({ name }) => name === view.best_strategy);
  const table = renderTable(
    [
      { head: 'strategy' },
      { head: 'forecasts', align: 'right' },
      { head: '≤10/25/50/>50 %', align: 'right' },
      { head: 'performance', align: 'right' },
      { head: 'accuracy', align: 'right' },
      { head: 'in 90 %', align: 'right' },
      { head: 'slot regret', align: 'right' },
      { head: 'trend' },
    ],
    view.strategies.map((one) => [
      `${one.name === view.best_strategy ? '* ' : '  '}${one.name}${one.dominated ? ' (dominated)' : ''}`,
      String(one.total),
      buckets(one),
      percent(one.performance),
      one.accuracy_score.toFixed(1),
      percent(one.interval_coverage),
      one.slot_regret_hours === null ? '–' : `${one.slot_regret_hours.toFixed(2)} h`,
      one.trend,
    ]),
  );
  return [
    ...(best === undefined ? [] : [`Strategy in use: ${best.name}. ${totalsWords(best)}`]),
    table,
    ['What the last evolution tried:', ...evolutionLines(view).map(plain)].join('\n'),
    ...(view.last_events.length === 0
      ? []
      : [['Learned last:', ...view.last_events.map((event) => plain(eventWords(event)))].join('\n')]),
  ].join('\n\n');
}

/** A line within a terminal: what others wrote cannot paint. */
function plain(line: string): string {
  return `  ${plainLine(line, REASON_CODE_POINTS)}`;
}

function buckets({ excellent, good, fair, poor }: z.infer<typeof StrategyRecord>): string {
  return `${excellent} / ${good} / ${fair} / ${poor}`;
}

function totalsWords(one: z.infer<typeof StrategyRecord>): string {
  if (one.total === 0) return 'It has forecast nothing yet.';
  return `${count(one.total, 'forecast')}, mean error ${one.mean_error_percent.toFixed(1)} %, mean absolute error ${one.mae_seconds.toFixed(0)} s, accuracy score ${one.accuracy_score.toFixed(1)}.`;
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
