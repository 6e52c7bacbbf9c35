import { z } from 'zod';
import { runnersOf, STANDARD_RUNNERS } from '../../config/runner-names.ts';
import { OffbeatError } from '../../errors.ts';
import { DEFAULT_GENES } from '../../genes/genes.ts';
import { labelList } from '../../jobs/cost.ts';
import { suggestWord } from '../../nearest-word.ts';
import type { Decision } from '../../plan/decision.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import { AbResult } from '../../simulate/ab.ts';
import { Simulation } from '../../simulate/compare.ts';
import { DAY_MS } from '../../time.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { planInput } from '../planning/plan-input.ts';
import { planWithoutGates } from '../planning/plan-without-gates.ts';
import { jobsElsewhere } from '../planning/request-of-state.ts';
import { affordableDays, simulateAb, simulatePlanInTurns } from '../planning/simulate-plan.ts';
import type { RepositoryState } from '../ports.ts';
import { readFilesInTurns } from '../read-in-turns.ts';

/** Repetitions of the whole span: enough for an interval, few enough for a moment. */
const REPETITIONS = 8;

/** What both plans bring in the simulator, and the decision that was played. */
export const Simulated = Simulation.extend({
  decision: z.string(),
  ab: AbResult.nullable(),
  /** Limits that were tried in place of a plan, by name of the runners; missing where a plan was played. */
  runners: z.record(z.string(), z.number()).optional(),
});
export type Simulated = z.infer<typeof Simulated>;

export interface RepositorySimulationRequest {
  /** Id of the decision to play; the newest one where none is named, one made on the spot where there is none. */
  readonly decision?: string | undefined;
  /** Days to play; so many as can be played in a moment where it is more. */
  readonly days: number;
  readonly seed: number;
  /** Share of the schedules treated in an A/B. */
  readonly ab?: number | undefined;
  /** Other limits of jobs at once, by name of the runners: nothing is moved then. */
  readonly runners?: Readonly<Record<string, number>> | undefined;
}

/**
 * Plays the schedules of the newest files, with and without a decision's moves, through the same days. A move counts
 * only where its schedule has the cron that was decided on. Throws `not-found`.
 */
export async function simulateRepository(
  context: Context,
  repositoryId: number,
  { decision: id, days, seed, ab, runners }: RepositorySimulationRequest,
): Promise<Simulated> {
  const state = await knownRepository(context, repositoryId);
  if (state.runs.length === 0 && Object.keys(state.learned.streams).length === 0) {
    throw new OffbeatError(
      'not-found',
      'No run has been seen here yet, so nobody knows what there is to play.',
      {
        fix: 'Ask again after some runs.',
      },
    );
  }
  const { reader } = await context.github.connect(state.profile);
  const { files: sources } = await reader.workflowSources();
  const config = await reader.config();
  const now = context.clock.now();
  const decision = decisionOf(state, id, now) ?? (await planWithoutGates(context, state)).decision;
  const files = await readFilesInTurns(sources);
  if (runners !== undefined) refuseUnknownRunners(Object.keys(runners), runnersHere(state, files));
  const input = planInput({
    files,
    config,
    learned: state.learned,
    jobs: state.jobs,
    pool: await context.store.loadLatenessPool(),
    proposals: state.proposals,
    care: state.care,
    ...(await jobsElsewhere(context, state.profile, config)),
    genes: DEFAULT_GENES,
    now,
  });
  const inForce = new Map(input.schedules.map(({ key, cron }) => [key, cron]));
  const moves = new Map(
    decision.schedules
      .filter(({ outcome, key, cron }) => outcome === 'move' && inForce.get(key) === cron)
      .map(({ key, to }) => [key, to]),
  );
  const plan = {
    files,
    config,
    input,
    moves: runners === undefined ? moves : new Map<string, string>(),
    jobs: state.jobs,
    limitsAfter: runners,
  };
  const span = {
    // Whole days, so that the same question gives the same figures all day long.
    from: Math.floor(now / DAY_MS) * DAY_MS,
    days: affordableDays(input, days, REPETITIONS),
    repetitions: REPETITIONS,
    seed,
  };
  return {
    ...(await simulatePlanInTurns(plan, span)),
    decision: decision.id,
    ...(runners && { runners: { ...runners } }),
    ab: ab === undefined ? null : simulateAb(plan, span, ab),
  };
}

/** Names of the runners that jobs here take; runs of pushes count as jobs of the standard ones. */
function runnersHere({ jobs }: RepositoryState, files: readonly WorkflowFile[]): readonly string[] {
  const labels = [
    ...files.flatMap((file) => file.jobs.map(({ runsOn }) => runsOn)),
    ...Object.keys(jobs.labels).map(labelList),
  ];
  return [...new Set([STANDARD_RUNNERS, ...labels.map(runnersOf)])].sort();
}

function refuseUnknownRunners(names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new OffbeatError('not-found', `No job here takes runners "${unknown}".`, {
    fix: suggestWord(unknown, known) ?? `Runners of jobs here: ${known.join(', ')}.`,
  });
}

/** The decision of that id, or the newest; `null` where nothing was decided and none is named. */
function decisionOf(state: RepositoryState, id: string | undefined, now: number): Decision | null {
  if (id === undefined) return currentDecision(state, { now }) ?? null;
  const found = state.decisions.findLast((decision) => decision.id === id);
  if (found !== undefined) return found;
  throw new OffbeatError('not-found', `There is no decision "${id}" here.`, {
    fix: 'Leave it out for the newest one.',
  });
}
