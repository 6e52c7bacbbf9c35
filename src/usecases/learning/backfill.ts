import { z } from 'zod';
import { OffbeatError } from '../../errors.ts';
import { inOrderOfEnd } from '../../history/run.ts';
import { DAY_MS } from '../../time.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { isHistory, observeRun } from './observe-run.ts';

/** What reading back has brought. */
export const Backfilled = z.object({
  /** The span that was read. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Runs that GitHub lists of it. */
  listed: z.number().int().nonnegative(),
  /** Of these, runs that were not known before. */
  learned: z.number().int().nonnegative(),
});
export type Backfilled = z.infer<typeof Backfilled>;

/**
 * Learns the last days' runs that GitHub lists. It may be broken off and done again: known runs change nothing. Throws
 * `not-found`, `usage-invalid`.
 */
export async function backfill(
  context: Context,
  repositoryId: number,
  days: number,
  progress: (done: number, all: number | null) => void = () => undefined,
): Promise<Backfilled> {
  const { profile } = await knownRepository(context, repositoryId);
  const { reader } = await context.github.connect(profile);
  if (reader.runs === undefined) {
    throw new OffbeatError('usage-invalid', 'Past runs are not listed here.', {
      fix: 'A checkout has none; leave --dir out, and set GITHUB_TOKEN.',
    });
  }
  const to = context.clock.now();
  const from = to - days * DAY_MS;
  const listed = await reader.runs({ from, to }, (read) => progress(read, null));
  const ended = inOrderOfEnd(listed).filter(({ path }) => isWorkflowPath(path));
  let learned = 0;
  for (const [at, run] of ended.entries()) {
    if (!isHistory(await knownRepository(context, repositoryId), run)) {
      await observeRun(context, profile, run);
      learned += 1;
    }
    progress(at + 1, ended.length);
  }
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    listed: listed.length,
    learned,
  };
}
