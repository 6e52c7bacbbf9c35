import { itemAt, numberAt } from '../checked.ts';
import { Couplings } from './couplings.ts';
import { Crowding } from './crowding.ts';
import type { ExtremePlan } from './decision.ts';
import { backgroundField, fieldOf, rawTerms, shownTerms, type TermWeights } from './objective.ts';
import type { Round } from './round.ts';
import { Search } from './search.ts';

/** These searches would take as long as the round's own where there are more schedules. */
const MOST_SCHEDULES = 30;

/** Weights of one term alone. Where cost has no weight of its own, failed runs carry the cost weight. */
const AIMS: Readonly<Record<ExtremePlan['aim'], (weights: TermWeights) => Partial<TermWeights>>> = {
  'least wait': ({ wait }) => ({ wait }),
  'least overlap': ({ overlap, crowding }) => ({ overlap, crowding }),
  'least cost': ({ cost, failure }) => (cost > 0 ? { cost } : { failure }),
};

/**
 * The plans of least wait, least overlap and least cost under the limits of a round, as far as they differ from its own
 * and from each other, without asking how sure their moves are: extreme plans for comparison. `finish-by` and couplings
 * hold for them as well. Empty for large repositories.
 */
export function extremePlans(round: Round): readonly ExtremePlan[] {
  const { tasks, termWeights, movable, background, input } = round;
  if (tasks.length > MOST_SCHEDULES || !movable.some(Boolean)) return [];
  const { violation, early } = termWeights;
  const none = { overlap: 0, wait: 0, failure: 0, distance: 0, edit: 0, cost: 0, crowding: 0 };
  const empty = backgroundField(tasks, background);
  // Any gain of the one term counts.
  const leastGain = tasks.map(() => 0);
  const aims = (Object.keys(AIMS) as ExtremePlan['aim'][]).filter(
    (aim) => aim !== 'least cost' || round.today.cost > 0,
  );
  const seen = new Set([round.search.choice.join()]);
  return aims.flatMap((aim) => {
    const crowding = Crowding.of(tasks, input);
    const weights = { ...none, violation, early, ...AIMS[aim](termWeights) };
    const search = new Search(
      { tasks, termWeights: weights, background, couplings: new Couplings(tasks), crowding },
      { budget: round.budget.moves, movable, leastGain },
    );
    search.runBriefly();
    const { choice } = search;
    if (seen.has(choice.join())) return [];
    seen.add(choice.join());
    const field = fieldOf(tasks, choice, background);
    const raw = rawTerms(tasks, choice, field, empty, crowding?.total(choice));
    return [
      {
        aim,
        terms: shownTerms(tasks, round.today, raw),
        moves: tasks.flatMap(({ schedule, options }, at) => {
          const option = numberAt(choice, at);
          return option === 0 ? [] : [{ key: schedule.key, to: itemAt(options, option).cron }];
        }),
      },
    ];
  });
}
