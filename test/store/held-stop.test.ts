import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { type Deployment, emptyDeployment } from '../../src/proposal/deployment.ts';
import { holdStops } from '../../src/store/held-stop.ts';
import { setEmergencyStop, setFlag } from '../../src/usecases/maintenance/flags.ts';
import { clock, keepingLog } from './sample.ts';

/** Decisions on a disk that may be full. */
function onDisk() {
  let deployment: Deployment = emptyDeployment();
  let isFull = true;
  const deployments = holdStops(
    {
      load: async () => deployment,
      async change(update) {
        const next = update(deployment);
        if (isFull) throw new OffbeatError('store-full', 'The disk took no more data (ENOSPC).');
        deployment = next;
        return next;
      },
    },
    keepingLog(),
  );
  return {
    deployments,
    flags: { deployments, clock, by: 'mona' },
    makeRoom: () => {
      isFull = false;
    },
    kept: () => deployment,
  };
}

describe('an emergency stop on a full disk', () => {
  it('takes effect in memory at once, and says what could not be kept', async () => {
    const { deployments, flags, kept } = onDisk();
    expect(await setEmergencyStop(flags, true, 'an incident')).toMatchObject({
      emergencyStop: { by: 'mona' },
    });
    expect((await deployments.load()).emergencyStop).toMatchObject({ by: 'mona', why: 'an incident' });
    expect(deployments.unkept()).toContain('The disk took no more data');
    expect(kept().emergencyStop).toBeNull();
    deployments.close();
  });

  it('is kept with the next change once there is room', async () => {
    const { deployments, flags, makeRoom, kept } = onDisk();
    await setEmergencyStop(flags, true, 'an incident');
    makeRoom();
    await setFlag(flags, 'planner', 10);
    expect(kept()).toMatchObject({ emergencyStop: { why: 'an incident' }, rollouts: [{ percent: 10 }] });
    expect(deployments.unkept()).toBeNull();
  });

  it('is lifted without the disk where it was never kept, and nothing else takes effect', async () => {
    const { deployments, flags } = onDisk();
    await expect(setFlag(flags, 'planner', 10)).rejects.toMatchObject({ code: 'store-full' });
    await setEmergencyStop(flags, true, 'an incident');
    await expect(setFlag(flags, 'planner', 10)).rejects.toMatchObject({ code: 'store-full' });
    expect((await deployments.load()).rollouts).toEqual([]);
    await setEmergencyStop(flags, false, 'it is over');
    expect((await deployments.load()).emergencyStop).toBeNull();
  });

  it('that was kept is not lifted where that cannot be kept', async () => {
    const { deployments, flags } = (() => {
      const all = onDisk();
      all.makeRoom();
      return all;
    })();
    await setEmergencyStop(flags, true, 'an incident');
    const full = holdStops(
      {
        load: () => deployments.load(),
        change: () => Promise.reject(new OffbeatError('store-full', 'The disk took no more data.')),
      },
      keepingLog(),
    );
    const lift = setEmergencyStop({ ...flags, deployments: full }, false, 'it is over');
    await expect(lift).rejects.toMatchObject({ code: 'store-full' });
    expect((await full.load()).emergencyStop).not.toBeNull();
  });
});
