import type { Logger } from 'pino';
import type { Probot } from 'probot';
import type { Clock, Waits } from '../clock.ts';
import { API_AUDIENCE, type Env, GITHUB_TIMEOUT_SECONDS } from '../env.ts';
import { processJob } from '../events/process-job.ts';
import { registerEvents } from '../events/register.ts';
import { createAbsences } from '../github/absences.ts';
import { type AppGitHub, createGitHub, type OnClient } from '../github/connect.ts';
import { createGuard, type Guard, type GuardTime } from '../github/guard.ts';
import { measureClient } from '../github/measured-client.ts';
import { appAuthentication, createProbot } from '../github/probot.ts';
import { createChanges } from '../http/dashboard/changes.ts';
import { clientAddress } from '../http/shared/client-address.ts';
import { boundCostlyQuestions, type CostlyQuestions, countAccepts } from '../http/shared/costly-questions.ts';
import { carriesToken, listenForMetrics } from '../http/shared/metrics-door.ts';
import { createFrontDoor, type FrontDoor } from '../http/webhook/front-door.ts';
import { type OperatorRoutesOptions, operatorRoutes } from '../http/webhook/operator-routes.ts';
import type { Condition } from '../telemetry/conditions.ts';
import { deliveryLog } from '../telemetry/log.ts';
import { createMetrics, type Metrics } from '../telemetry/metrics.ts';
import { createConfirmations } from '../usecases/confirmations.ts';
import { apiRoutes, hasTokenForAll } from './api.ts';
import { credentialConditions, watchApp } from './app-watch.ts';
import { guardedPlanner, storeBreaker } from './breakers.ts';
import { type ContextParts, type Contexts, createContexts } from './contexts.ts';
import { createPages, type LinkedPerson, type Pages } from './dashboard.ts';
import { wantedAccess } from './doctor/doctor.ts';
import { lookAtGitHub } from './doctor/look-at-github.ts';
import { createOnTimeLoop, type OnTimeLoop } from './on-time.ts';
import { isStopped } from './operator-controls.ts';
import { createPlanner } from './planner.ts';
import { openStorage, type Storage } from './storage.ts';
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
  /**
   * By what requests to GitHub wait; the machine's own time where left out. For an emulated GitHub, which has no
   * limits.
   */
  readonly githubTime?: GuardTime;
  /** By what tries of deliveries and timed work wait, on files; the machine's own time where left out. */
  readonly waits?: Waits;
}

export interface RunningServer {
  /** Where it listens, `http://host:port`. */
  readonly url: string;
  /** Where the metrics are read, where that is a port of their own. */
  readonly metricsUrl: string | null;
  /** Where the linked person is signed in; `null` where there is none. */
  readonly signInUrl: string | null;
  /** Resolves when everything accepted so far was handled. */
  idle(): Promise<void>;
  /** Takes no more, finishes what is running, makes it safe and closes. */
  stop(): Promise<void>;
}

/** GitHub compares the machine's time with its own, whatever time the App is told. */
const systemClock: Clock = { now: () => Date.now() };

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
  const app = watchApp(async () => lookAtGitHub(env, await wantedAccess(), { clock: systemClock, log }), log);
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
  // Not before: what GitHub is asked to deliver again comes at once.
  await storage.beginTimedWork();
  onTime = createTickLoop(options, parts, storage);
  if (env.workers !== 0) onTime.begin();
  return {
    url: ownUrl,
    metricsUrl: metricsDoor === null ? null : `http://${env.host}:${metricsDoor.port}/metrics`,
    signInUrl: pages === null || pages.linkedPath === null ? null : `${ownUrl}${pages.linkedPath}`,
    async idle() {
      await storage.queue.idle();
      await onTime?.idle();
    },
    async stop() {
      serving = false;
      // A delivery whose plan is given up stays accepted: the next start, or another process, makes it.
      leaving.abort();
      app.stop();
      pages?.close();
      await door.drain();
      await metricsDoor?.stop();
      await onTime?.stop();
      await storage.close();
      log.info({}, 'Offbeat has stopped');
    },
  };
}

/** Takes the port of the metrics, where they have one of their own, and that of everything else: both or none. */
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
function createTickLoop({ clock, log, waits }: ServerOptions, parts: Parts, storage: Storage): OnTimeLoop {
  const contexts = createContexts(parts, storage.store, storage.deployments);
  const context = () => contexts.forRequest({ clock, log });
  return createOnTimeLoop({ context, change: storage.changeTicks }, clock, waits);
}

/** The parts that need no storage. */
interface Parts extends ContextParts {
  readonly guard: Guard;
  readonly github: AppGitHub;
  readonly probot: Probot;
}

function createParts(
  { env, log, githubTime }: ServerOptions,
  stopping: AbortSignal,
  onRun: NonNullable<Parts['onRun']>,
): Parts {
  const metrics = createMetrics();
  const probot = createProbot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.secrets[0],
    baseUrl: env.githubApiUrl,
    timeoutMs: (env.githubTimeoutSeconds ?? GITHUB_TIMEOUT_SECONDS) * 1_000,
    log,
  });
  const measure: OnClient = ({ hook }, installationId) => {
    if (hook === undefined) return;
    measureClient(hook, ({ route, ...call }) => {
      metrics.asked({ ...call, installationId });
      log.debug({ method: call.method, route, status: call.status }, 'GitHub has answered');
    });
  };
  const guard = createGuard(githubTime);
  const github = createGitHub(
    appAuthentication(probot, githubTime),
    measure,
    guard,
    createAbsences(githubTime?.now),
  );
  return {
    env,
    guard,
    probot,
    github,
    metrics,
    changes: createChanges(),
    breaker: storeBreaker(),
    onRun,
    planning: guardedPlanner(createPlanner({ stopping })),
  };
}

/** Opens the storage and begins to work on what it holds. */
function openWork({ env, clock, log, waits }: ServerOptions, parts: Parts): Promise<Storage> {
  const { probot, github, metrics } = parts;
  return openStorage({
    env,
    log,
    clock,
    ...(waits === undefined ? {} : { waits }),
    ...(env.workers === undefined ? {} : { workers: env.workers }),
    tasks: (lost) => [recovering({ client: () => github.asApp(), lost, log })],
    async handler(store, deployments, lockRepository) {
      const contexts = createContexts(parts, store, deployments);
      const contextFor = (deliveryId: string) =>
        contexts.forRequest({ clock, log: deliveryLog(log, deliveryId) });
      await probot.load(registerEvents({ contextFor, lockRepository }));
      return async (job) => {
        const context = await contexts.forDelivery({
          // Work is dated by its delivery, not by the moment it is done: after a crash it is done again to the same
          // end.
          clock: { now: () => job.acceptedAt },
          log: deliveryLog(log, job.deliveryId),
        });
        await measured(job.event, metrics, () => processJob(probot, job, { context, lockRepository }));
      };
    },
  });
}

interface Doors {
  readonly door: FrontDoor;
  /** `null` where there are none. */
  readonly pages: Pages | null;
}

/** What the doors ask of the process that they are part of. */
interface Process {
  /** Sentences on what keeps deliveries from being accepted durably. */
  problems(): Promise<readonly string[]>;
  /** What is amiss while they are accepted. */
  conditions(): Promise<readonly Condition[]>;
  /** Where this process listens; empty before it does. */
  ownUrl(): string;
}

/** Everything that answers on the port. */
function createDoors(options: ServerOptions, parts: Parts, storage: Storage, own: Process): Doors {
  const { env, clock, log } = options;
  const { metrics } = parts;
  const { queue, deployments, lockRepository } = storage;
  const contexts = createContexts(parts, storage.store, deployments);
  const accepts = countAccepts();
  const costly = boundCostlyQuestions(accepts);
  const pages = createPagesIfWanted(options, parts, storage, contexts, { ...own, costly });
  const addressOf = clientAddress(env.trustedProxies ?? []);
  const api = apiRoutes({
    addressOf,
    costly,
    replaying: () => storage.replaying(),
    env: env.api ?? { audience: API_AUDIENCE },
    service: {
      version: offbeatVersion(),
      store: storage.store,
      problems: async () => [
        ...(await own.problems()),
        ...(await own.conditions()).map(({ sentence }) => sentence),
        ...(await storage.damage()),
      ],
      queue: () => queue.stats(),
      emergencyStop: () => isStopped(env.emergencyStop, deployments),
    },
    contextFor: (requestId) => contexts.forRequest({ clock, log: log.child({ requestId }) }),
    deployments,
    deadLetters: queue,
    confirmations: createConfirmations(storage.expiringKeys, systemClock),
    audit: storage.audit,
    lockRepository,
    clock,
    log,
    count: metrics.answered,
    ...(pages === null ? {} : { signedIn: pages.signedIn }),
  });
  const door = createFrontDoor({
    secrets: env.secrets,
    queue: options.accepts === false ? null : queue,
    routes: [
      ...operatorRoutes({ ...own, metrics, mayReadMetrics: metricsReaders(options) }),
      ...api,
      ...(pages?.routes ?? []),
    ],
    log,
    clock,
    count: metrics.countDelivery,
    accepts,
    addressOf,
  });
  return { door, pages };
}

function metricsReaders({ env, clock }: ServerOptions): OperatorRoutesOptions['mayReadMetrics'] {
  const { metrics } = env;
  if (metrics === undefined) return async () => true;
  if (metrics.port !== null) return null;
  const { token } = metrics;
  const hasToken = hasTokenForAll(env.api ?? { audience: API_AUDIENCE }, clock);
  return async (request) => (token !== null && carriesToken(request, token)) || hasToken(request);
}

function createPagesIfWanted(
  { env, clock, log, accepts, linked }: ServerOptions,
  { changes }: Parts,
  { lockRepository, expiringKeys, replaying }: Storage,
  contexts: Contexts,
  { ownUrl, costly }: Process & { readonly costly: CostlyQuestions },
): Pages | null {
  if (env.pages?.on === false || accepts === false) return null;
  return createPages({
    env,
    ownUrl,
    context: contexts.forPages({ clock, log }),
    changes,
    lockRepository,
    costly,
    ended: expiringKeys,
    replaying,
    ...(linked === undefined ? {} : { linked }),
  });
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
