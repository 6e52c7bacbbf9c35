import { sharedRunners } from '../../config/runners.ts';
import { CRON_PARSER, type CronPeer } from '../../cron/cron-parser-peer.ts';
import type { Decision, ScheduleDecision } from '../../plan/decision.ts';
import type { PlanInput } from '../../plan/input.ts';
import { planSchedules } from '../../plan/plan.ts';
import { type SharedLoad, sharedLoadOf } from '../../plan/shared-load.ts';
import { openProposalOf } from '../../proposal/record.ts';
import { findStrategy } from '../../strategy/population.ts';
import { DEFAULT_STRATEGY, type StrategyPopulation } from '../../strategy/strategy.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { SourceFile } from '../ports.ts';
import { blockedStarts } from './blocked-starts.ts';
import { type PlanSources, planInput } from './plan-input.ts';
import {
  type DoubtedMove,
  doubtedMoves,
  noMoveRuledOut,
  ruleOut,
  ruleOutDoubted,
  withoutRuledOut,
} from './ruled-out.ts';
import { chooseByPlans, pickOf, shadowPlans, withObjectives } from './shadow-plans.ts';
import { unwritableMoves } from './unwritable-moves.ts';

export interface DecisionRequest extends Omit<PlanSources, 'genes' | 'files' | 'strategy'> {
  /** The workflow files of one commit. */
  readonly sources: readonly SourceFile[];
  readonly population: StrategyPopulation;
  readonly trigger: Decision['trigger'];
  /** Name of the strategy to plan with; the most promising one where none is named. */
  readonly strategy?: string;
  /** Number of earlier decisions, from which this one's id and seed follow. */
  readonly decisionsBefore: number;
}

/** A decision, and the population with what the round has shown of its strategies. */
export interface Decided {
  readonly decision: Decision;
  readonly population: StrategyPopulation;
  /** Moves that were refused because a second cron engine expects other ticks. */
  readonly doubted: readonly DoubtedMove[];
  /** The load to store for those that share runners: `proposed` if proposed, else `standing`; absent if none do. */
  readonly sharedLoad?: { readonly standing: SharedLoad; readonly proposed: SharedLoad };
}

/** The decision of one planning round, without effects or gates. What the editor refuses is ruled out. */
export function decide(request: DecisionRequest): Decision {
  return decideByStrategies(request).decision;
}

/** The same with the strategies' results; ticks are compared with `peer`'s. Throws `not-found` (strategy). */
export function decideByStrategies(
  { strategy: named, ...request }: DecisionRequest,
  peer: CronPeer = CRON_PARSER,
): Decided {
  const { sources, population, ...asked } = request;
  const files = readWorkflowFiles(sources);
  const known = {
    ...asked,
    blocked: [...(asked.blocked ?? []), ...blockedStarts(sources, files, asked.config)],
  };
  const seed = request.decisionsBefore + 1;
  const chosen = named === undefined ? chooseByPlans(population, { ...known, files }, seed) : null;
  const strategy = chosen?.strategy ?? findStrategy(population, named ?? DEFAULT_STRATEGY);
  const input = planInput({ ...known, files, strategy: strategy.name, genes: strategy.parameters });
  let ruledOut = noMoveRuledOut();
  const doubted: DoubtedMove[] = [];
  // This ends: each turn rules out a time of some schedule, and after a few the schedule itself.
  for (;;) {
    const plan = planSchedules(withoutRuledOut(input, ruledOut), seed, { withExtremes: true });
    const unwritable = unwritableMoves(sources, plan.schedules);
    if (unwritable.length > 0) {
      ruledOut = ruleOut(ruledOut, unwritable);
      continue;
    }
    const nowDoubted = doubtedMoves(plan.schedules, request.now, peer);
    if (nowDoubted.length > 0) {
      ruledOut = ruleOutDoubted(ruledOut, nowDoubted);
      doubted.push(...nowDoubted);
      continue;
    }
    const strategies = chosen === null ? undefined : shadowPlans(chosen, plan.schedules);
    return {
      decision: {
        version: 1,
        id: `d${seed}`,
        at: request.now,
        trigger: request.trigger,
        strategy: strategy.name,
        seed,
        ...plan,
        propensity: plan.propensity * (chosen?.propensity ?? 1),
        ...(strategies === undefined ? {} : { strategies }),
        ...(request.confidenceFit === undefined ? {} : { confidenceFit: request.confidenceFit }),
        ...(request.only === undefined ? {} : { narrowed: true as const }),
        gates: [],
      },
      population: chosen === null ? population : withObjectives(population, chosen),
      doubted,
      ...sharedLoadsOf(request, input, plan.schedules),
    };
  }
}

/** The repository's load on shared runners. Proposed moves count as made: only one of two has to move. */
function sharedLoadsOf(
  { config, proposals }: Pick<DecisionRequest, 'config' | 'proposals'>,
  input: PlanInput,
  schedules: readonly ScheduleDecision[],
): Pick<Decided, 'sharedLoad'> {
  const names = sharedRunners(config);
  if (names.length === 0) return {};
  const inForce = new Map(schedules.map(({ key, cron }) => [key, cron]));
  const open = (openProposalOf(proposals)?.moves ?? []).filter(({ key, from }) => inForce.get(key) === from);
  const decided = schedules.map((schedule) => [schedule.key, pickOf(schedule)] as const);
  return {
    sharedLoad: {
      standing: sharedLoadOf(input, names, new Map(open.map(({ key, to }) => [key, to]))),
      proposed: sharedLoadOf(input, names, new Map(decided)),
    },
  };
}
