import type { Clock } from '../clock.ts';
import type { GitHubClient } from '../github/client.ts';
import { type LostDeliveries, redeliverMissed } from '../github/redeliver-missed.ts';
import type { Log } from '../log.ts';
import type { Queue } from '../queue/queue.ts';
import type { TimedTask } from '../queue/timers.ts';
import { turnRollouts } from '../usecases/maintenance/flags.ts';
import { forgetRemoved } from '../usecases/maintenance/forget-removed.ts';
import { MAINTENANCE_EVENT, MAINTENANCE_EVERY_MS } from '../usecases/maintenance/run-maintenance.ts';
import type { Deployments, Store } from '../usecases/ports.ts';

interface TaskParts {
  readonly store: Store;
  readonly queue: Queue;
  readonly deployments: Deployments;
  readonly clock: Clock;
  readonly log: Log;
}

/** The work by the clock on what any storage holds. */
export function storageTasks(parts: TaskParts): readonly TimedTask[] {
  return [
    {
      name: 'forget-removed',
      every: 'hour',
      async run() {
        await forgetRemoved(parts);
      },
    },
    maintenanceTask(parts),
    { name: 'turn-rollouts', every: 'hour', run: () => turnRollouts(parts) },
  ];
}

/** Queues maintenance of every repository, as a job that waits its turn among the repository's deliveries. */
export function maintenanceTask({
  store,
  queue,
  clock,
}: Pick<TaskParts, 'store' | 'queue' | 'clock'>): TimedTask {
  return {
    name: 'tend-proposals',
    every: 'hour',
    async run() {
      const now = clock.now();
      const slot = Math.floor(now / MAINTENANCE_EVERY_MS);
      for (const { id, removedAt } of await store.profiles()) {
        if (removedAt !== null) continue;
        const name = `${MAINTENANCE_EVENT}:${id}:${slot}`;
        await queue.accept({
          deliveryId: name,
          event: MAINTENANCE_EVENT,
          group: `repository:${id}`,
          repositoryId: id,
          payload: {},
          keys: [name],
          acceptedAt: now,
        });
      }
    },
  };
}

/** Asks GitHub to redeliver the deliveries that did not arrive while the server was down, or that were lost. */
export function redeliveryTask({
  client,
  lost,
  log,
}: {
  readonly lost: LostDeliveries;
  /** Acts as the App itself. */
  readonly client: () => Promise<GitHubClient>;
  readonly log: Log;
}): TimedTask {
  return {
    name: 'missed-deliveries',
    every: 'hour',
    async run() {
      const deliveries = await redeliverMissed(await client(), lost);
      if (deliveries > 0) log.info({ deliveries }, 'Missed deliveries were asked for again');
    },
  };
}
