import { systemClock } from '../clock.ts';
import { API_AUDIENCE } from '../env.ts';
import { clientAddress } from '../http/shared/client-address.ts';
import { boundCostlyQuestions, countAccepts } from '../http/shared/costly-questions.ts';
import { carriesToken } from '../http/shared/metrics-door.ts';
import { createFrontDoor, type FrontDoor } from '../http/webhook/front-door.ts';
import { type OperatorRoutesOptions, operatorRoutes } from '../http/webhook/operator-routes.ts';
import type { Condition } from '../telemetry/conditions.ts';
import { createConfirmations } from '../usecases/confirmations.ts';
import { apiRoutes, hasTokenForAll } from './api.ts';
import { createContexts } from './contexts.ts';
import { createPages, type Pages } from './dashboard.ts';
import { stoppedBy } from './operator-controls.ts';
import type { Parts, ServerOptions } from './parts.ts';
import type { Storage } from './storage-parts.ts';
import { offbeatVersion } from './version.ts';

/** The servers on the App's port. */
export interface Doors {
  readonly door: FrontDoor;
  /** `null` where there are none. */
  readonly pages: Pages | null;
}

/** The state of the process that the doors show. */
export interface Process {
  /** A sentence for each reason why deliveries cannot be accepted durably. */
  problems(): Promise<readonly string[]>;
  /** Faults that do not stop deliveries from being accepted. */
  conditions(): Promise<readonly Condition[]>;
  /** The address of this process; empty before it listens. */
  ownUrl(): string;
}

/** Makes everything that answers on the port: webhooks, operators' routes, the API and the pages. */
export function createDoors(options: ServerOptions, parts: Parts, storage: Storage, own: Process): Doors {
  const { env, clock, log } = options;
  const { metrics } = parts;
  const { queue, deployments, lockRepository } = storage;
  const contexts = createContexts(parts, storage.store, deployments);
  const accepts = countAccepts();
  const costly = boundCostlyQuestions(accepts);
  const hasPages = env.pages?.on !== false && options.accepts !== false;
  const pages = hasPages
    ? createPages({
        env,
        ownUrl: own.ownUrl,
        context: contexts.forPages({ clock, log }),
        changes: parts.changes,
        lockRepository,
        costly,
        ended: storage.expiringKeys,
        replaying: storage.replaying,
        linked: options.linked,
      })
    : null;
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
      stoppedBy: () => stoppedBy(env.emergencyStop, deployments),
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
    signedIn: pages?.signedIn,
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

/** Decides whether a request may read the metrics; `null` where these have a port of their own. */
function metricsReaders({ env, clock }: ServerOptions): OperatorRoutesOptions['mayReadMetrics'] {
  const { metrics } = env;
  if (metrics === undefined) return async () => true;
  if (metrics.port !== null) return null;
  const { token } = metrics;
  const hasToken = hasTokenForAll(env.api ?? { audience: API_AUDIENCE }, clock);
  return async (request) => (token !== null && carriesToken(request, token)) || hasToken(request);
}
