import type { LearningView } from '../../render/learning.ts';
import { leadingStrategy, performanceBound } from '../../strategy/choose.ts';
import type { EvolutionRound, LearningEvent, Strategy } from '../../strategy/strategy.ts';
import { performance } from '../../strategy/track-record.ts';
import type { RepositoryState } from '../ports.ts';
import { forecastFigures } from './forecast-figures.ts';

/** Learning events that a report lists; the log has all of them. */
const EVENTS_SHOWN = 5;

/** What a repository's strategies have learned, as a value for comment, terminal and page. */
export function learningView(
  state: Pick<RepositoryState, 'population' | 'learningLog' | 'learned'>,
): LearningView {
  const { population, learned } = state;
  const best = leadingStrategy(population);
  const others = population.strategies
    .filter(({ name }) => name !== best.name)
    .sort((a, b) => performance(b.performance_history) - performance(a.performance_history));
  const priors = learned.priors ?? null;
  return {
    strategies: [best, ...others].map(recordOf),
    best_strategy: best.name,
    last_events: state.learningLog
      .filter((event) => !isOfRound(event, population.lastEvolution))
      .slice(-EVENTS_SHOWN)
      .reverse(),
    last_evolution: population.lastEvolution ?? null,
    learned_from: priors === null ? null : { repositories: priors.repositories, series: priors.series },
  };
}

/** The newest round of evolution is told whole beside the events, and must not fill their few lines once more. */
function isOfRound(event: LearningEvent, round: EvolutionRound | undefined): boolean {
  return round !== undefined && event.at === round.at && event.kind !== 'adapted' && event.kind !== 'created';
}

function recordOf(strategy: Strategy): LearningView['strategies'][number] {
  const record = strategy.performance_history;
  const { coverage, ...figures } = forecastFigures(record);
  return {
    name: strategy.name,
    generation: strategy.generation,
    parents: [...strategy.parents],
    parameters: strategy.parameters,
    total: record.total,
    excellent: record.excellent,
    good: record.good,
    fair: record.fair,
    poor: record.poor,
    ...figures,
    lower_bound: performanceBound(strategy),
    interval_coverage: coverage,
    trend: strategy.trend,
    slot_regret_hours: strategy.slots?.regretHours ?? null,
    objectives: strategy.objectives ?? null,
    dominated: strategy.dominated ?? false,
  };
}
