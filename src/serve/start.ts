import type { Logger } from 'pino';
import { Probot } from 'probot';
import { createChanges } from '../dashboard/changes.ts';
import { API_AUDIENCE, type Env, GITHUB_TIMEOUT_SECONDS } from '../env.ts';
import { createGitHub } from '../github/connect.ts';
import { fetchWithin } from '../github/fetch-within.ts';
import { measureClient } from '../github/measured-client.ts';
import { helpLines } from '../operations/help.ts';
import { OPERATIONS } from '../operations/table.ts';
import { deliveryLog } from '../telemetry/log.ts';
import { measuredStore } from '../telemetry/measured-store.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import type { Context } from '../usecases/context.ts';
import type { Clock } from '../usecases/ports.ts';
import { createFrontDoor } from '../webhook/front-door.ts';
import { operatorRoutes } from '../webhook/operator-routes.ts';
import { announcingStore } from './announcing-store.ts';
import { apiRoutes } from './api.ts';
import { guardedPlanner, guardedStore, storeBreaker } from './breakers.ts';
import { createPages, type LinkedPerson } from './dashboard.ts';
import { governed, stopSwitch } from './governed.ts';
import { handleJob } from './handle.ts';
import { createPlanner } from './planner.ts';
import { openStorage } from './storage.ts';
import { recovering } from './timed-tasks.ts';
import { offbeatVersion } from './version.ts';

export interface ServerOptions {
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Logger;
  /** False: works on what others accept, and answers on its port only to operators. */
  readonly accepts?: boolean;
  /** Signs this person in by a link that is good once. The demo's alone: it asks nobody who they are. */
  readonly linked?: LinkedPerson;
}

export interface RunningServer {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  /** Where the linked person is signed in; `null` where there is none. */
  readonly signInUrl: string | null;
  /** Resolves when everything accepted so far was handled. */
  idle(): Promise<void>;
  /** Takes no more, finishes what is running, makes it safe and closes. */
  stop(): Promise<void>;
}

/** Starts the App: store, queue, GitHub and the front door, wired together. Throws what any of them throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { env, clock, log } = options;
  const probot = new Probot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.secrets[0],
    baseUrl: env.githubApiUrl,
    log,
    request: { fetch: fetchWithin((env.githubTimeoutSeconds ?? GITHUB_TIMEOUT_SECONDS) * 1_000) },
  });
  const metrics = createMetrics();
  const changes = createChanges();
  const github = createGitHub(probot, ({ hook }, installationId) => {
    if (hook !== undefined) measureClient(hook, (call) => metrics.asked({ ...call, installationId }));
  });
  const leaving = new AbortController();
  const planning = guardedPlanner(createPlanner({ stopping: leaving.signal }));
  const stored = storeBreaker();
  const storage = await openStorage({
    env,
    log,
    clock,
    ...(env.workers === undefined ? {} : { workers: env.workers }),
    tasks: [recovering({ client: () => probot.auth(), log })],
    // Work is dated by its delivery, not by the moment it is done: after a crash it is done again to the same end.
    handler: (store, deployments, alone) => async (job) => {
      const base: Context = {
        store: announcingStore(measuredStore(guardedStore(store, stored), metrics), changes),
        github,
        clock: { now: () => job.acceptedAt },
        log: deliveryLog(log, job.deliveryId),
        emergencyStop: env.emergencyStop,
        commands: helpLines(OPERATIONS),
        onLearned: metrics.learned,
      };
      const context = await governed(base, deployments, planning);
      return measured(job.event, metrics, () => handleJob(context, job, alone));
    },
  });
  const { queue } = storage;
  const isStopped = stopSwitch(env.emergencyStop, storage.deployments);
  isStopped();
  metrics.watchQueue(() => queue.stats());
  let serving = true;
  const problems = async (): Promise<readonly string[]> =>
    serving ? storage.problems() : ['The process is about to stop.'];
  let ownUrl = '';
  const pages =
    env.pages?.on === false || options.accepts === false
      ? null
      : createPages({
          env,
          ownUrl: () => ownUrl,
          context: {
            store: announcingStore(storage.store, changes),
            github,
            clock,
            log,
            get emergencyStop() {
              return isStopped();
            },
            commands: helpLines(OPERATIONS),
            planning,
          },
          changes,
          exclusively: storage.exclusively,
          ...(options.linked === undefined ? {} : { linked: options.linked }),
        });
  const api = apiRoutes({
    env: env.api ?? { audience: API_AUDIENCE },
    service: {
      version: offbeatVersion(),
      store: storage.store,
      problems,
      queue: () => queue.stats(),
      emergencyStop: async () =>
        env.emergencyStop || (await storage.deployments.load()).emergencyStop !== null,
    },
    contextFor: (requestId) => {
      const base: Context = {
        store: announcingStore(measuredStore(guardedStore(storage.store, stored), metrics), changes),
        github,
        clock,
        log: log.child({ requestId }),
        emergencyStop: env.emergencyStop,
        commands: helpLines(OPERATIONS),
        onLearned: metrics.learned,
      };
      return governed(base, storage.deployments, planning);
    },
    deployments: storage.deployments,
    exclusively: storage.exclusively,
    clock,
    log,
    count: metrics.answered,
    ...(pages === null ? {} : { signedIn: pages.signedIn }),
  });
  const door = createFrontDoor({
    secrets: env.secrets,
    queue: options.accepts === false ? null : queue,
    routes: [...operatorRoutes({ problems, metrics }), ...api, ...(pages?.routes ?? [])],
    log,
    clock,
    count: metrics.countDelivery,
  });
  const port = await door.listen(env.port, env.host).catch(async (error: unknown) => {
    await storage.close();
    throw error;
  });
  log.info({ host: env.host, port }, 'Offbeat is listening');
  ownUrl = `http://${env.host === '0.0.0.0' ? 'localhost' : env.host}:${port}`;
  // Not before: what GitHub is asked to deliver again comes at once.
  await storage.beginTimedWork();
  return {
    url: ownUrl,
    signInUrl: pages === null || pages.linkedPath === null ? null : `${ownUrl}${pages.linkedPath}`,
    idle: () => queue.idle(),
    async stop() {
      serving = false;
      // A delivery whose plan is given up stays accepted: the next start, or another process, makes it.
      leaving.abort();
      pages?.close();
      await door.drain();
      await storage.close();
      log.info({}, 'Offbeat has stopped');
    },
  };
}

async function measured(
  event: string,
  metrics: Pick<Metrics, 'handled'>,
  work: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let outcome: 'done' | 'failed' = 'failed';
  try {
    await work();
    outcome = 'done';
  } finally {
    metrics.handled(event, outcome, (performance.now() - started) / 1_000);
  }
}
