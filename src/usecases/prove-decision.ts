import { type BoundLimits, boundOf } from '../plan/bound.ts';
import type { Decision, PlanBound } from '../plan/decision.ts';
import { findStrategy } from '../strategy/population.ts';
import { readWorkflowFiles } from '../workflow/read-repository.ts';
import { type DecisionRequest, narrowedInput } from './decide.ts';

/**
 * How far a decision can be from the best one, over all times that its request allowed, those the editor refuses among
 * them. What was proven when the limits stop it is still true. Throws what `decide` throws.
 */
export function proveDecision(request: DecisionRequest, decision: Decision, limits: BoundLimits): PlanBound {
  const { sources, population, ...known } = request;
  const strategy = findStrategy(population, decision.strategy);
  const input = narrowedInput({
    ...known,
    files: readWorkflowFiles(sources),
    strategy: strategy.name,
    genes: strategy.parameters,
  });
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move');
  return boundOf(input, new Map(moves.map(({ key, to }) => [key, to])), limits);
}
