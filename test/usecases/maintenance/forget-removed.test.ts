import { expect, it } from 'vitest';
import { type Deployment, emptyDeployment } from '../../../src/proposal/deployment.ts';
import { beginRollout } from '../../../src/proposal/rollout.ts';
import { forgetRemoved } from '../../../src/usecases/maintenance/forget-removed.ts';
import type { Deployments, RepositoryProfile, Store } from '../../../src/usecases/ports.ts';
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

function heldDeployment(held: Deployment = emptyDeployment()) {
  const deployments: Deployments = {
    load: async () => held,
    async change(update) {
      held = update(held);
      return held;
    },
  };
  return { deployments, held: () => held };
}

const context = (store: Store, { deployments } = heldDeployment()) => ({
  store,
  deployments,
  clock: { now: () => NOW },
  log: keepingLog(),
});
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

it('takes the repository’s name from what was measured over all, and leaves the figures in their places', async () => {
  const { store } = storeOf([removed(31, 40), profile(3)]);
  const outcome = (repositoryId: number, value: number | null) =>
    ({ repositoryId, reached: true, kind: 'verdict', from: NOW, value }) as const;
  const measured = (proposal: string) => ({ proposal, moves: [{ confidence: 0.9, kept: true }] });
  const deployment = heldDeployment({
    ...emptyDeployment(),
    rollouts: [
      {
        ...beginRollout('default-strategy', 50, NOW, null, true),
        outcomes: [outcome(31, 1), outcome(3, 0), outcome(31, null)],
      },
      beginRollout('planner', 10, NOW, null),
    ],
    measured: [measured('31#7'), measured('3#17')],
  });
  await forgetRemoved(context(store, deployment));
  expect(deployment.held().rollouts[0]?.outcomes).toEqual([outcome(0, 1), outcome(3, 0), outcome(0, null)]);
  expect(deployment.held().measured).toEqual([measured(''), measured('3#17')]);
  expect(JSON.stringify(deployment.held())).not.toContain('31');
});

it('keeps the repository where its name could not be taken from what was measured', async () => {
  const { store, deleted } = storeOf([removed(1, 40)]);
  const { deployments } = heldDeployment();
  const change = () => Promise.reject(new Error('The disk is full.'));
  await expect(
    forgetRemoved(context(store, { deployments: { ...deployments, change }, held: emptyDeployment })),
  ).rejects.toThrow();
  expect(deleted).toEqual([]);
});
