import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { LatenessReplay } from '../plan/lateness-replay.ts';
import { NO_FAULTS, WALK_FROM } from './walk.ts';
import { AFTERMATH_MS, createWorld, type MadeRepository } from './world.ts';

export const CANCEL_DELAYS_S = [2, 10, 60] as const;
export const RUN_MINUTES = [1, 10, 60] as const;

/** What the twins of `net: cron` cost where GitHub's news of them come so late, and runs take so long. */
export interface TwinBill {
  readonly delaySeconds: number;
  readonly runMinutes: number;
  readonly twins: number;
  readonly cancelled: number;
  /** Minutes that are billed for twins: a job that began counts as a whole minute, one that did not as none. */
  readonly minutes: number;
}

/** Daily workflows on time beside GitHub's own schedule. */
export async function twinBills(
  repositories: number,
  seed: number,
  lateness: LatenessReplay,
): Promise<readonly TwinBill[]> {
  const groups = CANCEL_DELAYS_S.flatMap((delaySeconds) =>
    RUN_MINUTES.map((runMinutes) => ({ delaySeconds, runMinutes })),
  );
  const made = groups.flatMap(({ delaySeconds, runMinutes }) =>
    Array.from(
      { length: repositories },
      (_, at): MadeRepository => ({
        installationId: at,
        net: 'cron',
        files: [{ name: 'daily.yml', cron: `${(at * 7) % 60} ${(at * 5) % 24} * * *` }],
        durationMs: runMinutes * MINUTE_MS,
        hookMs: delaySeconds * SECOND_MS,
      }),
    ),
  );
  const to = WALK_FROM + 7 * DAY_MS;
  const world = await createWorld({
    repositories: made,
    from: WALK_FROM,
    to,
    seed,
    faults: NO_FAULTS,
    lateness,
  });
  await world.run(to + AFTERMATH_MS);
  const bills = groups.map((group, place) => {
    const own = world.schedules.slice(place * repositories, (place + 1) * repositories);
    const twins = own.flatMap(({ repository }) =>
      repository.runs.filter(({ event }) => event === 'schedule'),
    );
    const ran = twins.map(({ beginsAt, endsAt }) => Math.max(0, Math.ceil((endsAt - beginsAt) / MINUTE_MS)));
    return {
      ...group,
      twins: twins.length,
      cancelled: twins.filter(({ conclusion }) => conclusion === 'cancelled').length,
      minutes: ran.reduce((sum, minutes) => sum + minutes, 0),
    };
  });
  world.end();
  return bills;
}
