import { expect, it } from 'vitest';
import { forgetRemoved } from '../../../src/usecases/maintenance/forget-removed.ts';
import type { RepositoryProfile, Store } from '../../../src/usecases/ports.ts';
import { keepingLog, profile } from '../../store/sample.ts';

const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;

function storeOf(listed: readonly RepositoryProfile[], asLoaded = listed) {
  const deleted: number[] = [];
  const store: Pick<Store, 'profiles' | 'load' | 'delete'> = {
    profiles: async () => listed,
    load: async (id) => {
      const found = asLoaded.find((each) => each.id === id);
      return found === undefined ? undefined : ({ profile: found } as Awaited<ReturnType<Store['load']>>);
    },
    delete: async (id) => void deleted.push(id),
  };
  return { store: store as Store, deleted };
}

const context = (store: Store) => ({ store, clock: { now: () => NOW }, log: keepingLog() });
const removed = (id: number, daysAgo: number) => profile(id, { removedAt: NOW - daysAgo * DAY_MS });

it('forgets what was left 30 days ago, and nothing sooner', async () => {
  const { store, deleted } = storeOf([profile(1), removed(2, 29.9), removed(3, 30), removed(4, 400)]);
  expect(await forgetRemoved(context(store))).toBe(2);
  expect(deleted).toEqual([3, 4]);
});

it('spares one that has come back since it was listed', async () => {
  const { store, deleted } = storeOf([removed(1, 40)], [profile(1)]);
  await forgetRemoved(context(store));
  expect(deleted).toEqual([]);
});
