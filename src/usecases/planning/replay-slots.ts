import { type Run, succeeded } from '../../history/run.ts';
import type { RunHistory } from '../../history/run-history.ts';
import type { Decision } from '../../plan/decision.ts';
import type { Proposal } from '../../proposal/proposal.ts';
import { mergedAt, wasMerged } from '../../proposal/state.ts';
import { type LoggedSlot, slotRegrets } from '../../strategy/slot-replay.ts';
import { DEFAULT_STRATEGY, type StrategyPopulation } from '../../strategy/strategy.ts';
import { DAY_MS, HOUR_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';
import { expectedHours, pickOf, slotHours } from './shadow-plans.ts';

/** Runs later than this after a decision say more of the season than of the slot. */
const LONGEST_MS = 28 * DAY_MS;
/** Fewer runs than this say nothing of a slot. */
const FEWEST_RUNS = 3;
/** Only the newest decisions are replayed: older ones were made by strategies that are gone. */
const DECISIONS = 50;

/** The population with what the replay of past decisions says of each strategy's choices. */
export function withSlotRecords(
  population: StrategyPopulation,
  state: Pick<RepositoryState, 'decisions' | 'proposals' | 'runs'>,
): StrategyPopulation {
  const decisions = state.decisions.slice(-DECISIONS).filter(({ strategies }) => strategies !== undefined);
  if (decisions.length === 0) return population;
  const seen = runsByKey(state.runs, decisions[0]?.at ?? 0);
  const slots = decisions.flatMap((decision, at) =>
    loggedSlots(decision, decisions[at + 1]?.at ?? Number.POSITIVE_INFINITY, state.proposals, seen),
  );
  const records = slotRegrets(slots, DEFAULT_STRATEGY);
  return {
    ...population,
    strategies: population.strategies.map((strategy) => {
      const slotRecord = records.get(strategy.name);
      return slotRecord === undefined ? strategy : { ...strategy, slots: slotRecord };
    }),
  };
}

/** Scheduled runs since `from` whose tick is known for sure, by schedule. */
function runsByKey(runs: RunHistory, from: number): ReadonlyMap<string | null, readonly Run[]> {
  const known = runs.filter(({ createdAt, tick, ambiguous }) => {
    return createdAt >= from && tick !== null && !ambiguous;
  });
  return Map.groupBy(known, ({ scheduleKey }) => scheduleKey);
}

function loggedSlots(
  decision: Decision,
  nextAt: number,
  proposals: readonly Proposal[],
  seen: ReturnType<typeof runsByKey>,
): readonly LoggedSlot[] {
  const proposal = proposals.find(({ decisionId }) => decisionId === decision.id);
  const merged = proposal !== undefined && wasMerged(proposal) ? proposal : undefined;
  const from = merged === undefined ? decision.at : mergedAt(merged);
  const until = Math.min(nextAt, from + LONGEST_MS);
  const strategies = decision.strategies ?? [];
  const disputed = new Set(strategies.flatMap(({ picks }) => picks.map(({ key }) => key)));
  return decision.schedules
    .filter(({ key }) => disputed.has(key))
    .map((schedule) => {
      const moved = merged?.moves.some(({ key }) => key === schedule.key) ?? false;
      const inForce = moved ? schedule.to : schedule.cron;
      const picked = { to: pickOf(schedule), hours: expectedHours(schedule) };
      const picks = new Map(
        strategies.map(({ strategy, picks: own }) => {
          const pick = own.find(({ key }) => key === schedule.key) ?? picked;
          return [strategy, { expected: pick.hours, inForce: pick.to === inForce }];
        }),
      );
      const expected = [...picks.values()].find((pick) => pick.inForce)?.expected ?? picked.hours;
      // A move that was not merged was not drawn: the schedule would have stayed with any strategy.
      const propensity = merged === undefined ? 1 : decision.propensity;
      return {
        propensity,
        expected,
        seen: meanLoss(seen.get(schedule.key) ?? [], from, until),
        picks,
      };
    });
}

function meanLoss(runs: readonly Run[], from: number, until: number): number | null {
  const losses = runs.flatMap((run) => {
    const { tick } = run;
    if (tick === null || tick < from || tick >= until) return [];
    const failed = succeeded(run.conclusion) === false ? 1 : 0;
    return [slotHours((run.createdAt - tick) / HOUR_MS, failed)];
  });
  return losses.length < FEWEST_RUNS ? null : losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
