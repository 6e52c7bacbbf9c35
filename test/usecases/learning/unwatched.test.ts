import { expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { DAY_MS, HOUR_MS } from '../../../src/time.ts';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import { unwatchedSpan } from '../../../src/usecases/learning/unwatched.ts';
import { unlessGitHubPauses } from '../../../src/usecases/unless-refused.ts';
import { fakeContext, SEEN } from '../fakes.ts';

it('nobody watched where neither maintenance nor a run came for over a day, unless GitHub put it off', async () => {
  const { context, store } = fakeContext();
  const now = context.clock.now();
  await meetRepository(context, SEEN);
  const careOf = async () => (await knownRepository(context, SEEN.id)).care;
  await store.apply(SEEN.id, { care: { ...(await careOf()), tendedAt: now - 2 * DAY_MS } });
  expect(unwatchedSpan({ care: await careOf(), runs: [] }, now)).toEqual({ from: now - 2 * DAY_MS, to: now });

  const busy = new OffbeatError('github-busy', 'GitHub asks this installation to wait.');
  await unlessGitHubPauses(context, SEEN.id, () => Promise.reject(busy));
  expect(unwatchedSpan({ care: await careOf(), runs: [] }, now + DAY_MS)).toBeNull();
  expect(unwatchedSpan({ care: await careOf(), runs: [] }, now + DAY_MS + 2 * HOUR_MS)).toEqual({
    from: now,
    to: now + DAY_MS + 2 * HOUR_MS,
  });
  // It is due as before: the next run tries again.
  expect((await careOf()).tendedAt).toBe(now - 2 * DAY_MS);
});
