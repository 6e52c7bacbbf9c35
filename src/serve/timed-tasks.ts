import type { Clock } from '../clock.ts';
import type { GitHubClient } from '../github/client.ts';
import { type LostDeliveries, redeliverMissed } from '../github/redeliver-missed.ts';
import type { Log } from '../log.ts';
import type { Queue } from '../queue/queue.ts';
import type { TimedTask } from '../queue/timers.ts';
import { turnRollouts } from '../usecases/maintenance/flags.ts';
import { MAINTENANCE_EVENT, MAINTENANCE_EVERY_MS } from '../usecases/maintenance/run-maintenance.ts';
import type { Deployments, Store } from '../usecases/ports.ts';

/** Has the proposals of every repository looked after: as a job, so that it stands in line with its deliveries. */
export function tending({
  store,
  queue,
  clock,
}: {
  readonly store: Store;
  readonly queue: Queue;
  readonly clock: Clock;
}): TimedTask {
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

/** Takes rollouts on, or back, when their time has come. */
export function turning(context: { readonly deployments: Deployments; readonly clock: Clock }): TimedTask {
  return { name: 'turn-rollouts', every: 'hour', run: () => turnRollouts(context) };
}

/** Has GitHub send again what did not arrive while nobody listened, or is lost. */
export function recovering({
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
