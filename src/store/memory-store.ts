import { emptyLatenessPool } from '../forecast/lateness-pool.ts';
import { applyLatenessPoolChange } from '../forecast/lateness-pool-change.ts';
import type { RepositoryProfile, Store } from '../usecases/ports.ts';
import { changedRepository } from './apply-change.ts';
import { emptyRepository, type KeptRepository } from './kept-repository.ts';
import { onTimeRepositories, sharedLoadsOf } from './repositories-in-service.ts';

/** A store in memory, with the same retention as the others. It starts with `profiles`; `now` is epoch ms. */
export function memoryStore(profiles: readonly RepositoryProfile[], now: number): Store {
  let pool = emptyLatenessPool();
  const states = new Map<number, KeptRepository>();
  for (const profile of profiles) states.set(profile.id, emptyRepository(profile, now));
  return {
    load: async (id) => states.get(id),
    async apply(id, change) {
      states.set(id, changedRepository(id, states.get(id), change, { now }).state);
      if (change.latenessPool !== undefined) pool = applyLatenessPoolChange(pool, change.latenessPool);
    },
    profiles: async () => [...states.values()].map(({ profile }) => profile),
    sharedLoads: async (installationId) => sharedLoadsOf(states.values(), installationId),
    onTimeRepositories: async () => onTimeRepositories(states.values()),
    async delete(id) {
      states.delete(id);
    },
    loadLatenessPool: async () => pool,
    close: async () => undefined,
  };
}
