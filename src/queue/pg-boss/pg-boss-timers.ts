import type { PgBoss } from 'pg-boss';
import type { Log } from '../../log.ts';
import type { TimedTask, Timers } from '../timers.ts';

/** Minutes at which few other schedules fire. */
const CRONS = { hour: '23 * * * *', day: '41 3 * * *' } as const;
/** A task that takes longer hangs. */
const EXPIRE_SECONDS = 3_600;

/** Timed work is not urgent. */
const POLL_SECONDS = 30;

/** Schedules tasks on pg-boss, which hands each to one process; each looks for them every `pollSeconds`. */
export async function startPgBossTimers(
  boss: PgBoss,
  tasks: readonly TimedTask[],
  log: Log,
  pollSeconds: number = POLL_SECONDS,
): Promise<Timers> {
  for (const task of tasks) {
    const queue = queueOf(task.name);
    // Exclusive: while an occurrence waits or runs, no other one is queued.
    await boss.createQueue(queue, { policy: 'exclusive', expireInSeconds: EXPIRE_SECONDS });
    await boss.schedule(queue, CRONS[task.every], null, { missed: 'once' });
    await boss.work(queue, { pollingIntervalSeconds: pollSeconds }, async () => {
      await task.run();
      log.info({ task: task.name }, 'Timed work is done');
    });
  }
  return {
    async stop() {
      for (const { name } of tasks) await boss.offWork(queueOf(name), { wait: true });
    },
  };
}

export function queueOf(task: string): string {
  return `timed.${task}`;
}
