import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import type { Context } from '../../src/usecases/context.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { sampleRun } from '../history/sample-run.ts';
import { DAY_MS, SEEN } from './fakes.ts';

const FIRST_DAY = Date.UTC(2026, 0, 5, 2, 40);

/** Has a repository live through daily runs of its nightly workflow, of about five minutes; every tenth fails. */
export async function liveThrough(context: Context, days: number, seed = 1, path?: string): Promise<void> {
  const random = seededRandom(seed);
  for (let day = 0; day < days; day += 1) {
    const createdAt = FIRST_DAY + day * DAY_MS;
    const durationSeconds = 300 * Math.exp(0.2 * normalDraw(random));
    const id = (path === undefined ? 0 : 10_000) + day + 1;
    const run = sampleRun(id, new Date(createdAt).toISOString(), {
      ...(path === undefined ? {} : { path }),
      durationSeconds,
      endedAt: createdAt + 1000 * durationSeconds,
      conclusion: day % 10 === 9 ? 'failure' : 'success',
    });
    await observeRun(context, SEEN, run);
  }
}
