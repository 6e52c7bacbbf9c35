import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasNewVersion, isRolledOut } from '../../../src/proposal/deployment.ts';
import { openDeploymentFile } from '../../../src/store/deployment-file.ts';
import {
  advanceFlag,
  noteForRollout,
  noteOutcome,
  rollBackFlag,
  setEmergencyStop,
  setFlag,
  turnRollouts,
} from '../../../src/usecases/maintenance/flags.ts';
import type { Deployments } from '../../../src/usecases/ports.ts';
import { DAY_MS, NOW } from '../fakes.ts';

let directory: string;
let deployments: Deployments;
const clock = { at: NOW, now: () => clock.at };
const context = () => ({ deployments, clock, by: 'operator' });

beforeEach(async () => {
  clock.at = NOW;
  directory = await mkdtemp(join(tmpdir(), 'offbeat-flags-'));
  deployments = openDeploymentFile(directory);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('what the operator decides', () => {
  it('is nothing at first: no stop, and everything everywhere', async () => {
    const deployment = await deployments.load();
    expect(deployment.emergencyStop).toBeNull();
    expect(isRolledOut(deployment, 'planner', 1)).toBe(true);
  });

  it('is seen by another process at once', async () => {
    const running = openDeploymentFile(directory);
    await running.load();
    await setEmergencyStop(context(), true, 'an incident');
    expect((await running.load()).emergencyStop).toMatchObject({ by: 'operator', why: 'an incident' });
    await setEmergencyStop(context(), false, '');
    expect((await running.load()).emergencyStop).toBeNull();
  });

  it('loses no change of two that come together', async () => {
    await setFlag(context(), 'planner', 10);
    await Promise.all(
      Array.from({ length: 20 }, () => noteForRollout(deployments, 'planner', { failed: false })),
    );
    expect((await deployments.load()).rollouts[0]?.rounds).toBe(20);
  });

  it('is not overlooked where it cannot be read', async () => {
    await writeFile(join(directory, 'deployment.json'), '{"version":1,"emergencyStop":');
    await expect(deployments.load()).rejects.toMatchObject({ code: 'stop-unreadable' });
  });

  it('says that its file cannot be read, whatever is asked of a rollout that it may hold', async () => {
    await writeFile(join(directory, 'deployment.json'), '{');
    const asked = [
      advanceFlag(context(), 'planner'),
      rollBackFlag(context(), 'planner', 'it harms'),
      setFlag(context(), 'planner', 1),
      setEmergencyStop(context(), false, 'over'),
    ];
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'stop-unreadable' });
  });

  it('refuses a name, a share and a step that cannot be', async () => {
    await expect(setFlag(context(), 'planer', 1)).rejects.toMatchObject({ fix: 'Did you mean planner?' });
    await expect(setFlag(context(), 'planner', 101)).rejects.toMatchObject({ code: 'usage-invalid' });
    await expect(advanceFlag(context(), 'planner')).rejects.toMatchObject({ code: 'not-found' });
    await setFlag(context(), 'planner', 1);
    await expect(advanceFlag(context(), 'planner')).rejects.toMatchObject({ code: 'usage-invalid' });
  });
});

describe('a rollout', () => {
  const percent = async () => (await deployments.load()).rollouts[0]?.percent;

  it('goes on by itself while nothing speaks against it', async () => {
    await setFlag(context(), 'planner', 1);
    for (let day = 1; day <= 8; day += 1) {
      clock.at = NOW + day * DAY_MS;
      await turnRollouts({ deployments, clock });
    }
    expect(await percent()).toBe(100);
  });

  it('is taken back by itself when the App’s own rounds fail, and by hand', async () => {
    await setFlag(context(), 'planner', 10);
    for (let round = 0; round < 20; round += 1) {
      await noteForRollout(deployments, 'planner', { failed: round % 5 === 0 });
    }
    await turnRollouts({ deployments, clock });
    expect(await percent()).toBe(0);
    await setFlag(context(), 'planner', 25);
    expect(await percent()).toBe(25);
    await rollBackFlag(context(), 'planner', 'it looks wrong');
    expect(await percent()).toBe(0);
  });

  it('is taken back by itself when measured proposals did harm', async () => {
    await setFlag(context(), 'planner', 10);
    for (let proposal = 0; proposal < 6; proposal += 1) {
      await noteForRollout(deployments, 'planner', { harmed: proposal % 2 === 0 });
    }
    await turnRollouts({ deployments, clock });
    expect(await percent()).toBe(0);
    expect((await deployments.load()).rollouts[0]?.log.at(-1)?.what).toMatch(/harm/);
  });
});

describe('a rollout that compares two versions', () => {
  const NAME = 'default-strategy';
  const rollout = async () => (await deployments.load()).rollouts[0];
  const HOUR_MS = 3_600_000;

  /** Verdicts of repositories on their first pull request under the rollout; the new version does `value`. */
  const measure = async (count: number, value: number): Promise<void> => {
    const deployment = await deployments.load();
    for (let repositoryId = 1; repositoryId <= count; repositoryId += 1) {
      const seen = { repositoryId, kind: 'verdict' as const, from: clock.at + HOUR_MS };
      await noteOutcome(deployments, { ...seen, value: null });
      const reached = hasNewVersion(deployment, NAME, repositoryId);
      await noteOutcome(deployments, { ...seen, value: reached ? value : 0.5 });
      // A second pull request of a repository counts no more.
      await noteOutcome(deployments, { ...seen, from: seen.from + HOUR_MS, value: null });
    }
  };

  it('reaches nobody where it is not under way, and a half at 50 %', async () => {
    expect(hasNewVersion(await deployments.load(), NAME, 1)).toBe(false);
    await setFlag(context(), NAME, 50);
    const deployment = await deployments.load();
    const reached = Array.from({ length: 200 }, (_, id) => hasNewVersion(deployment, NAME, id));
    expect(Math.abs(reached.filter(Boolean).length - 100)).toBeLessThan(25);
  });

  it('stays at its stage until one version is better, however long that takes', async () => {
    await setFlag(context(), NAME, 50);
    await measure(6, 1);
    clock.at = NOW + 30 * DAY_MS;
    await turnRollouts({ deployments, clock });
    expect(await rollout()).toMatchObject({ percent: 50 });
    expect((await rollout())?.outcomes).toHaveLength(6);
    await expect(advanceFlag(context(), NAME)).rejects.toThrow(/Not enough yet/);
  });

  it('goes on once the new version is better, and back once it is worse', async () => {
    await setFlag(context(), NAME, 50);
    await measure(60, 1);
    clock.at = NOW + 30 * DAY_MS;
    await turnRollouts({ deployments, clock });
    expect(await rollout()).toMatchObject({ percent: 100 });
    await setFlag(context(), NAME, 50);
    await measure(60, 0);
    await turnRollouts({ deployments, clock });
    expect(await rollout()).toMatchObject({ percent: 0 });
    expect((await rollout())?.log.at(-1)?.what).toMatch(/new version is worse/);
  });

  it('counts nothing that began before its present stage', async () => {
    await setFlag(context(), NAME, 50);
    await noteOutcome(deployments, { repositoryId: 1, kind: 'verdict', from: NOW - 1, value: null });
    expect((await rollout())?.outcomes).toEqual([]);
  });
});
