import { systemClock } from '../clock.ts';
import type { Env } from '../env.ts';
import { processJob } from '../events/process-job.ts';
import { registerEvents } from '../events/register.ts';
import { listenForMetrics } from '../http/shared/metrics-door.ts';
import type { FrontDoor } from '../http/webhook/front-door.ts';
import type { Condition } from '../telemetry/conditions.ts';
import { deliveryLog } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { credentialConditions, watchApp } from './app-watch.ts';
import { createContexts } from './contexts.ts';
import { lookAtGitHub } from './doctor/look-at-github.ts';
import { readWantedAccess } from './doctor/wanted-access.ts';
import { createDoors } from './doors.ts';
import { beginHeartbeat } from './heartbeat.ts';
import { createOnTimeLoop, type OnTimeLoop } from './on-time.ts';
import { isStopped } from './operator-controls.ts';
import { outlastOutage } from './outlast-outage.ts';
import { createParts, type Parts, type ServerOptions } from './parts.ts';
import { openStorage, type Storage } from './storage.ts';
import { redeliveryTask } from './timed-tasks.ts';

export type { ServerOptions } from './parts.ts';

export interface RunningServer {
  /** Address of the server, `http://host:port`. */
  readonly url: string;
  /** Address of the metrics; `null` where they have no port of their own. */
  readonly metricsUrl: string | null;
  /** Link that signs the linked person in; `null` where there is none. */
  readonly signInUrl: string | null;
  /** Resolves when everything accepted so far was handled. */
  idle(): Promise<void>;
  /** Resolves when no tick is being served. */
  ticksIdle(): Promise<void>;
  /** Accepts no more deliveries, finishes the running ones, stores everything and closes. */
  stop(): Promise<void>;
}

/** Starts the App: store, queue, GitHub and the front door, wired together. Throws what any of them throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { env, log } = options;
  const leaving = new AbortController();
  let onTime: OnTimeLoop | undefined;
  const parts = createParts(options, leaving.signal, (repositoryId, run) => onTime?.note(repositoryId, run));
  const storage = await openWork(options, parts);
  parts.metrics.watchQueue(() => storage.queue.stats());
  let serving = true;
  const problems = async (): Promise<readonly string[]> =>
    serving ? storage.problems() : ['The process is about to stop.'];
  const app = watchApp(
    async () => lookAtGitHub(env, await readWantedAccess(), { clock: systemClock, log }),
    log,
  );
  const conditions = async (): Promise<readonly Condition[]> => {
    const looked = app.conditions();
    const met = credentialConditions(parts.guard.notAccepted());
    return [
      ...looked,
      ...(looked.some(({ name }) => name === 'app-refused') ? [] : met),
      ...(await storage.conditions()),
    ];
  };
  parts.metrics.watchConditions(conditions);
  parts.metrics.watchEmergencyStop(() => isStopped(env.emergencyStop, storage.deployments));
  let ownUrl = '';
  const { door, pages } = createDoors(options, parts, storage, {
    problems,
    conditions,
    ownUrl: () => ownUrl,
  });
  const { metricsDoor, port } = await listenAt(door, env, parts.metrics).catch(async (error: unknown) => {
    app.stop();
    await storage.close();
    throw error;
  });
  log.info({ host: env.host, port }, 'Offbeat is listening');
  ownUrl = `http://${env.host === '0.0.0.0' ? 'localhost' : env.host}:${port}`;
  // Only now: GitHub redelivers at once, so the server must be listening.
  await storage.beginTimedWork();
  onTime = createTickLoop(options, parts, storage);
  const heartbeat = beginHeartbeat(storage.deployments, log);
  if (env.workers !== 0) onTime.begin();
  return {
    url: ownUrl,
    metricsUrl: metricsDoor === null ? null : `http://${env.host}:${metricsDoor.port}/metrics`,
    signInUrl: pages === null || pages.linkedPath === null ? null : `${ownUrl}${pages.linkedPath}`,
    async idle() {
      await storage.queue.idle();
      await onTime?.idle();
    },
    async ticksIdle() {
      await onTime?.idle();
    },
    async stop() {
      serving = false;
      // A delivery whose plan is cancelled stays accepted: the next start, or another process, handles it again.
      leaving.abort();
      app.stop();
      pages?.close();
      await door.drain();
      await metricsDoor?.stop();
      await onTime?.stop();
      await heartbeat.stop();
      await storage.close();
      log.info({}, 'Offbeat has stopped');
    },
  };
}

/** Listens on the App's port and, where there is one, on the port of the metrics: on both or on none. */
async function listenAt(door: FrontDoor, { metrics: wanted, host, port }: Env, metrics: Metrics) {
  const own = wanted?.port ?? null;
  const metricsDoor = own === null ? null : await listenForMetrics(metrics, { host, port: own });
  try {
    return { metricsDoor, port: await door.listen(port, host) };
  } catch (error) {
    await metricsDoor?.stop();
    throw error;
  }
}

/** Serves the ticks of workflows that are started on time. */
function createTickLoop(
  { clock, log, waits, tickWaits = waits }: ServerOptions,
  parts: Parts,
  storage: Storage,
): OnTimeLoop {
  const contexts = createContexts(parts, storage.store, storage.deployments);
  const context = () => contexts.forRequest({ clock, log });
  return createOnTimeLoop({ context, change: storage.changeTicks }, clock, tickWaits);
}

/** Opens the storage and begins to work on what it holds. */
function openWork({ env, clock, log, waits }: ServerOptions, parts: Parts): Promise<Storage> {
  const { probot, github } = parts;
  return openStorage({
    env,
    log,
    clock,
    waits,
    workers: env.workers,
    tasks: (lost) => [redeliveryTask({ client: () => github.asApp(), lost, log })],
    async handler(store, deployments, lockRepository) {
      const contexts = createContexts(parts, store, deployments);
      const contextFor = (deliveryId: string) =>
        contexts.forRequest({ clock, log: deliveryLog(log, deliveryId) });
      await probot.load(registerEvents({ contextFor, lockRepository }));
      return async (job) => {
        const context = await contexts.forDelivery({
          // Work is dated by its delivery, not by the time of handling: handling it again after a crash has the same
          // result.
          clock: { now: () => job.acceptedAt },
          processClock: clock,
          log: deliveryLog(log, job.deliveryId),
        });
        await measured(job.event, parts, () =>
          outlastOutage(
            job,
            () => clock.now(),
            () => processJob(probot, job, { context, lockRepository }),
          ),
        );
      };
    },
  });
}

/** Does the work on a delivery, and counts how long it took and how it ended. */
async function measured(
  event: string,
  { metrics, ownWork }: Pick<Parts, 'metrics' | 'ownWork'>,
  work: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let outcome: 'done' | 'failed' = 'failed';
  try {
    await work();
    outcome = 'done';
  } finally {
    metrics.handled(event, outcome, (performance.now() - started) / 1_000);
    ownWork?.handled(outcome);
  }
}
