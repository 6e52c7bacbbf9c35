import { itemAt, numberAt } from '../checked.ts';
import { gainOf } from './assignment.ts';
import { ROUNDING } from './objective.ts';
import { indexDraw } from './random.ts';
import type { Search } from './search.ts';

/** A drawn time costs at most this share more than the best one: nobody shall notice that it was drawn. */
const EXPLORED_COST_SHARE = 0.05;

/**
 * With probability `exploration`, puts one of the moved schedules at another time that costs hardly more than the best
 * one, in hours whose lateness is known, so that later replays can tell what the times that were not chosen would have
 * brought. Returns the probability of what was chosen, 1 where nothing was drawn. The draw of the schedule that may
 * explore does not count, as the rest of the plan does not depend on it.
 */
export function explore(
  search: Search,
  leastGain: readonly number[],
  exploration: number,
  isKnown: (task: number, option: number) => boolean,
  random: () => number,
): number {
  const moved = [...search.choice.keys()].filter((at) => search.choice[at] !== 0);
  if (exploration <= 0 || moved.length === 0) return 1;
  const at = itemAt(moved, indexDraw(random, moved.length));
  const response = search.bestResponse(at);
  const most = (1 + EXPLORED_COST_SHARE) * numberAt(response.costs, response.best) + ROUNDING;
  const near = [...response.costs.keys()].filter(
    (option) =>
      option !== 0 &&
      response.forbidden?.[option] !== 1 &&
      numberAt(response.costs, option) <= most &&
      gainOf(response, option) >= itemAt(leastGain, at) - ROUNDING &&
      isKnown(at, option),
  );
  const best = numberAt(search.choice, at);
  if (near.length < 2 || !near.includes(best)) return 1;
  const explores = random() < exploration;
  const chosen = explores ? itemAt(near, indexDraw(random, near.length)) : best;
  search.assign(at, chosen);
  return (chosen === best ? 1 - exploration : 0) + exploration / near.length;
}
