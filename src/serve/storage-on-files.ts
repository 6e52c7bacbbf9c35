import { systemClock } from '../clock.ts';
import { createRoomProbe } from '../disk/room.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';
import { createInProcessQueue } from '../queue/in-process.ts';
import { startInProcessTimers } from '../queue/in-process-timers.ts';
import type { Timers } from '../queue/timers.ts';
import { openDeploymentFile } from '../store/deployment-file.ts';
import { openExpiringKeysFile } from '../store/expiring-keys-file.ts';
import { holdStops } from '../store/held-stop.ts';
import { openLowdbStore } from '../store/lowdb/lowdb-store.ts';
import { openOperatorAuditFile } from '../store/operator-audit-file.ts';
import { diskProblems, stopConditions, stuckConditions } from './storage-conditions.ts';
import type { Storage, StorageOptions } from './storage-parts.ts';
import { storageTasks } from './timed-tasks.ts';

/** Opens the storage of a single process, in its data directory. Throws `store-locked`. */
export async function openFiles({
  env,
  log,
  clock,
  waits,
  workers,
  tasks = () => [],
  handler,
}: StorageOptions): Promise<Storage> {
  const store = await openLowdbStore({
    directory: env.dataDirectory,
    log,
    clock,
    // The journal belongs to the other process now, and this one must not touch it. A supervisor restarts this process.
    onLockLost: () => process.exit(1),
  });
  const lockRepository = createKeyedMutex();
  const deployments = holdStops(openDeploymentFile(env.dataDirectory), log);
  const handle = await handler(store, deployments, lockRepository);
  const queue = await createInProcessQueue({
    data: store.data,
    handle: (job) =>
      job.repositoryId === null ? handle(job) : lockRepository(job.repositoryId, () => handle(job)),
    log,
    clock,
    random: Math.random,
    waits,
    concurrency: workers,
  });
  const lookForRoom = createRoomProbe(env.dataDirectory);
  let timers: Timers | undefined;
  return {
    store,
    queue,
    deployments,
    expiringKeys: openExpiringKeysFile(env.dataDirectory, systemClock),
    audit: openOperatorAuditFile(env.dataDirectory),
    lockRepository,
    changeTicks: createKeyedMutex(),
    async beginTimedWork() {
      if (workers === 0) return;
      timers = await startInProcessTimers({
        directory: env.dataDirectory,
        // Files are kept within their bounds as they grow.
        tasks: [
          ...storageTasks({ store, queue, deployments, clock, log }),
          ...tasks({ spans: queue.lost, knows: (guid) => queue.knows(guid) }),
        ],
        clock,
        log,
        waits,
      });
    },
    problems: async () => [...store.problems(), ...diskProblems(await lookForRoom())],
    conditions: async () => [
      ...(await stopConditions(deployments)),
      ...stuckConditions(queue, workers !== 0),
      ...store.unwritten().map((sentence) => ({ name: 'documents-unwritten', sentence }) as const),
    ],
    damage: () => store.damage(),
    replaying: () => queue.replaying(),
    async close() {
      deployments.close();
      await timers?.stop();
      await queue.drain();
      await store.close();
    },
  };
}
