import { itemAt, numberAt } from '../checked.ts';
import { indexDraw } from './random.ts';
import { ROUNDING, Search } from './search.ts';

/**
 * With probability `exploration`, puts one of the moved schedules at another time whose gain is nearly the best
 * one's (it gives up no more than that share), so that later replays can tell how the road not taken would
 * have been. Returns the probability of what was chosen, 1 where there was nothing to draw; the
 * schedule that may explore is drawn first and does not count, the rest of the plan does not hang on it.
 */
export function explore(
  search: Search,
  leastGain: readonly number[],
  exploration: number,
  random: () => number,
): number {
  const moved = [...search.choice.keys()].filter((at) => search.choice[at] !== 0);
  if (exploration <= 0 || moved.length === 0) return 1;
  const at = itemAt(moved, indexDraw(random, moved.length));
  const response = search.respond(at);
  const enough = Math.max((1 - exploration) * Search.gain(response, response.best), leastGain[at] ?? 0);
  const near = [...response.costs.keys()].filter(
    (option) =>
      option !== 0 &&
      response.forbidden?.[option] !== 1 &&
      Search.gain(response, option) >= enough - ROUNDING,
  );
  const best = numberAt(search.choice, at);
  if (near.length < 2 || !near.includes(best)) return 1;
  const explores = random() < exploration;
  const chosen = explores ? itemAt(near, indexDraw(random, near.length)) : best;
  search.force(at, chosen);
  return (chosen === best ? 1 - exploration : 0) + exploration / near.length;
}
