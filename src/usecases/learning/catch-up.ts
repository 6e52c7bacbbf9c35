import { OffbeatError } from '../../errors.ts';
import { type EndedRun, inOrderOfEnd } from '../../history/run.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../time.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { ConnectedRepository } from '../ports.ts';
import { unlessRefused } from '../unless-refused.ts';
import { followRun } from './follow-run.ts';
import { isHistory, noteRun, observeJob, observeRun } from './observe-run.ts';

/** Runs are listed for so long at a time, so that what was read of a long gap is kept: a day and an overlap. */
const SLICE_MS = DAY_MS + HOUR_MS;
/** Of runs that ended earlier it is learned, and nothing is planned as of then. */
const FOLLOWED_MS = DAY_MS;
/** A run that has not ended is looked for again for so long; one that waits for somebody's approval may take weeks. */
const AWAITED_MS = 3 * DAY_MS;
/** A run may be listed some moments after it was created. */
const LISTED_LATE_MS = 10 * MINUTE_MS;

/** How far runs have been read. */
export interface CaughtUp {
  /** Where to begin next time (epoch ms): every run created before it is known, or no longer waited for. */
  readonly from: number;
  readonly learned: number;
  /** False where there was no time for all of them. */
  readonly isComplete: boolean;
}

/**
 * Does with the runs created since `from` (epoch ms) what would have been done as webhooks told of them, by a clock
 * that stands at each one's end. It can be broken off: what is known changes nothing.
 */
export async function catchUp(
  context: Context,
  repositoryId: number,
  from: number,
  mayContinue: () => boolean,
): Promise<CaughtUp> {
  const now = context.clock.now();
  const { profile } = await knownRepository(context, repositoryId);
  const connected = await context.github.connect(profile);
  let awaited = Number.POSITIVE_INFINITY;
  let learned = 0;
  for (let start = from; start < now; start += SLICE_MS) {
    const brokenOff = { from: Math.min(start, awaited), learned, isComplete: false };
    if (!mayContinue()) return brokenOff;
    const span = { from: start, to: Math.min(now, start + SLICE_MS) };
    const listed = await unlessRefused(
      context,
      repositoryId,
      'past runs',
      async () => (await connected.reader.runs?.(span)) ?? [],
    );
    if (listed.kind === 'refused') return brokenOff;
    const runs = listed.value.filter(({ path }) => isWorkflowPath(path));
    for (const { endedAt, createdAt } of runs) {
      if (endedAt === null && now - createdAt < AWAITED_MS) awaited = Math.min(awaited, createdAt);
    }
    for (const run of inOrderOfEnd(runs)) {
      if (!mayContinue()) return { ...brokenOff, learned };
      const followed = await followOnce(context, repositoryId, run, connected);
      if (followed === 'not-yet') return { ...brokenOff, learned };
      if (followed === 'learned') learned += 1;
    }
  }
  return { from: Math.min(now - LISTED_LATE_MS, awaited), learned, isComplete: true };
}

/** Follows a run as of its end. A run of today is left to the next time where GitHub fails to tell its jobs. */
async function followOnce(
  context: Context,
  repositoryId: number,
  run: EndedRun,
  { reader }: ConnectedRepository,
): Promise<'learned' | 'known' | 'not-yet'> {
  const state = await knownRepository(context, repositoryId);
  if (isHistory(state, run)) return 'known';
  const isRecent = context.clock.now() - run.endedAt < FOLLOWED_MS;
  const then: Context = { ...context, clock: { now: () => run.endedAt } };
  const { profile } = state;
  if (run.event === 'schedule' && run.attempt === 1) {
    await noteRun(then, profile, { ...run, endedAt: null, conclusion: null, durationSeconds: null });
    const jobs = await unlessRefused(then, repositoryId, 'past runs', async () => {
      try {
        return (await reader.jobs?.(run)) ?? [];
      } catch (error) {
        if (error instanceof OffbeatError) throw error;
        context.log.warn({ repositoryId, runId: run.id, err: error }, 'jobs of a run could not be listed');
        return null;
      }
    });
    if (jobs.kind === 'done' && jobs.value === null && isRecent) return 'not-yet';
    if (jobs.kind === 'done' && jobs.value !== null) {
      for (const job of jobs.value) {
        await observeJob(then, profile, { ...job, runId: run.id, attempt: run.attempt });
      }
    }
  }
  if (isRecent) await followRun(then, profile, run);
  else await observeRun(then, profile, run);
  return 'learned';
}
