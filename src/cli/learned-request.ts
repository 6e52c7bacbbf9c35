import { waitingWorkflows } from '../history/waiting.ts';
import type { DecisionRequest } from '../usecases/planning/decide.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';
import { ephemeralStore } from './ephemeral-store.ts';
import { progressLine } from './progress.ts';
import { requestOf, type Subject } from './subject.ts';

/** The request for a decision from runs that no App keeps, with the strategies that came of them. `now` is epoch ms. */
export async function learnedRequest(
  target: string,
  subject: Subject,
  { output, clock }: CliContext,
): Promise<DecisionRequest> {
  const now = clock.now();
  if (subject.runs.length === 0) return requestOf(subject, now);
  const log = commandLog({ output });
  const progress = progressLine(output, 'learn');
  const { store, profile } = await ephemeralStore(target, subject, {
    now,
    log,
    progress: progress.show,
  }).finally(progress.clear);
  const state = await store.load(profile.id);
  const waiting = waitingWorkflows(subject.runs);
  const pool = await store.loadLatenessPool();
  if (state === undefined) return requestOf(subject, now);
  const { learned, population, jobs } = state;
  return { ...requestOf({ ...subject, runs: [] }, now), learned, pool, population, jobs, waiting };
}
