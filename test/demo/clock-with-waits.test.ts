import { describe, expect, it } from 'vitest';
import { clockWithWaits } from '../../src/demo/clock.ts';

describe('a clock with waits', () => {
  it('does what is due in order of time, once, and nothing that was called off', async () => {
    const clock = clockWithWaits(1_000);
    const done: string[] = [];
    clock.later(() => done.push('late'), 200);
    clock.later(() => done.push('early'), 100);
    clock.later(() => done.push('called off'), 100)();
    expect(await clock.letDue()).toBe(false);
    clock.set(1_200);
    expect(await clock.letDue()).toBe(true);
    expect(done).toEqual(['early', 'late']);
    expect(await clock.letDue()).toBe(false);
  });

  it('does rounds once however far it was set, and again a round later', async () => {
    const clock = clockWithWaits(0);
    let rounds = 0;
    const callOff = clock.every(async () => {
      rounds += 1;
    }, 60_000);
    clock.set(600_000);
    await clock.letDue();
    expect(await clock.letDue()).toBe(false);
    clock.set(660_000);
    await clock.letDue();
    expect(rounds).toBe(2);
    callOff();
    clock.set(900_000);
    expect(await clock.letDue()).toBe(false);
  });
});
