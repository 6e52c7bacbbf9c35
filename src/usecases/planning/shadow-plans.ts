import type { Config } from '../../config/config.ts';
import type { Decision, ObjectiveTerms, ScheduleDecision, ShadowPlan } from '../../plan/decision.ts';
import { type Plan, planSchedules } from '../../plan/plan.ts';
import { seededRandom } from '../../plan/random.ts';
import { chooseStrategy, type ObjectiveWeights, type StrategyChoice } from '../../strategy/choose.ts';
import type { Objectives, Strategy, StrategyPopulation } from '../../strategy/strategy.ts';
import { type PlanSources, planInput } from './plan-input.ts';

/** With more schedules, ten plans take too long: then strategies are chosen by their records alone. */
const MOST_SCHEDULES = 100;
/** A failure counts as so many hours late, as in the benchmark of slot choices. */
const HOURS_PER_FAILURE = 2;

/** The strategy of a round, and what all of them would have planned. */
export interface ChosenStrategy extends StrategyChoice {
  readonly plans: ReadonlyMap<string, Plan>;
}

/** Lets every strategy plan the whole round, without exploration, and chooses the one that decides. */
export function chooseByPlans(
  population: StrategyPopulation,
  { only: _, ...sources }: Omit<PlanSources, 'genes' | 'strategy'>,
  seed: number,
): ChosenStrategy {
  const plans = new Map<string, Plan>();
  const schedules = sources.files.reduce((sum, file) => sum + file.schedules.length, 0);
  if (population.strategies.length > 1 && schedules <= MOST_SCHEDULES) {
    for (const strategy of population.strategies) {
      const genes = { ...strategy.parameters, exploration_rate: 0 };
      plans.set(
        strategy.name,
        planSchedules(planInput({ ...sources, strategy: strategy.name, genes }), seed),
      );
    }
  }
  const objectives = new Map([...plans].map(([name, { terms }]) => [name, objectivesOf(terms)]));
  return {
    ...chooseStrategy(population, objectives, objectiveWeights(sources.config), seededRandom(seed)),
    plans,
  };
}

/** What every strategy would have picked, as a decision keeps it; `undefined` where one was asked alone. */
export function shadowPlans(
  { contenders, plans }: ChosenStrategy,
  decided: readonly ScheduleDecision[],
): ShadowPlan[] | undefined {
  if (contenders.length < 2) return undefined;
  const chosen = new Map(decided.map((schedule) => [schedule.key, pickOf(schedule)]));
  return contenders.map(({ strategy, lowerBound, value, dominated }) => ({
    strategy: strategy.name,
    lowerBound,
    value,
    dominated,
    picks: (plans.get(strategy.name)?.schedules ?? []).flatMap((schedule) => {
      const to = pickOf(schedule);
      if (to === chosen.get(schedule.key)) return [];
      return [{ key: schedule.key, to, hours: expectedHours(schedule) }];
    }),
  }));
}

/** The population with each strategy's objectives as this round showed them, and the dominated marked. */
export function withObjectives(
  population: StrategyPopulation,
  { contenders, plans }: ChosenStrategy,
): StrategyPopulation {
  if (plans.size === 0) return population;
  const scored = (strategy: Strategy): Strategy => {
    const plan = plans.get(strategy.name);
    if (plan === undefined) return strategy;
    const dominated = contenders.find((one) => one.strategy.name === strategy.name)?.dominated ?? false;
    return { ...strategy, objectives: objectivesOf(plan.terms), dominated };
  };
  return { ...population, strategies: population.strategies.map(scored) };
}

/** Expected hours late of a tick at the cron that a round picked, plus two for each failure. */
export function expectedHours(schedule: ScheduleDecision): number {
  const outlook = schedule.outcome === 'move' ? schedule.proposed : schedule.today;
  if (outlook === null) return 0;
  return slotHours(outlook.latenessMedianMinutes / 60, 1 - outlook.successProbability);
}

/** Loss of a slot: hours late plus two for each failure. */
export function slotHours(hoursLate: number, failures: number): number {
  return hoursLate + HOURS_PER_FAILURE * failures;
}

/** The cron that a round picked: another one only where it moves the schedule. */
export function pickOf(schedule: Pick<ScheduleDecision, 'outcome' | 'cron' | 'to'>): string {
  return schedule.outcome === 'move' ? schedule.to : schedule.cron;
}

function objectivesOf({ before, after }: Decision['terms']): Objectives {
  // 1 plus the change, as `before` is 1, but 0 for a term that costs nothing today.
  const left = (name: keyof ObjectiveTerms): number => 1 + (after[name] ?? 0) - (before[name] ?? 0);
  return {
    success: left('failure'),
    lateness: left('lateness'),
    overlap: left('overlap'),
    cost: left('cost'),
  };
}

function objectiveWeights({ weights }: Config): ObjectiveWeights {
  return {
    success: weights.failure,
    lateness: weights.lateness,
    overlap: weights.overlap,
    cost: weights.cost,
  };
}
