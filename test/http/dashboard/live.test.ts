import { expect, it } from 'vitest';
import { createChanges } from '../../../src/http/dashboard/changes.ts';
import { createLive } from '../../../src/http/dashboard/live.ts';

it('leaves lines for others when one session holds as many as it may', async () => {
  const live = createLive(createChanges());
  const watch = (sessionId: string, cut = new AbortController()) => {
    let held = false;
    const watched = live.watch({
      repositoryId: 1,
      sessionId,
      load: async () => undefined,
      stillAllowed: async () => true,
      say: async () => {
        held = true;
      },
      cut: cut.signal,
    });
    return { watched, isHeld: () => held, cut };
  };
  const settled = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const own = Array.from({ length: 600 }, () => watch('one'));
  await settled();
  expect(own.filter(({ isHeld }) => isHeld())).toHaveLength(20);
  const other = watch('other');
  await settled();
  expect(other.isHeld()).toBe(true);
  // A page that is closed makes room for another of its session.
  own[0]?.cut.abort();
  await own[0]?.watched;
  const next = watch('one');
  await settled();
  expect(next.isHeld()).toBe(true);
  live.close();
  await Promise.all([...own, other, next].map(({ watched }) => watched));
});
