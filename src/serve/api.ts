import type { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../clock.ts';
import type { ApiEnv } from '../env.ts';
import { type AdminDeadLetters, adminEndpoints } from '../http/api/admin-endpoints.ts';
import { createApi } from '../http/api/app.ts';
import { bearerAuthentication } from '../http/api/bearer.ts';
import { type Authenticate, reachesAll, Unauthenticated } from '../http/api/caller.ts';
import { generalEndpoints, type ServiceState } from '../http/api/general-endpoints.ts';
import { API_BASE } from '../http/api/openapi.ts';
import { operationEndpoints } from '../http/api/operation-endpoints.ts';
import type { AddressOf } from '../http/shared/client-address.ts';
import type { CostlyQuestions } from '../http/shared/costly-questions.ts';
import type { Route } from '../http/webhook/front-door.ts';
import type { KeyedMutex } from '../keyed-mutex.ts';
import type { Log } from '../log.ts';
import { OPERATIONS } from '../operations/table.ts';
import type { Confirmations } from '../usecases/confirmations.ts';
import type { Context } from '../usecases/context.ts';
import { allAlerts } from '../usecases/maintenance/alerts-now.ts';
import type { Deployments, OperatorAudit } from '../usecases/ports.ts';

export interface ApiRoutesOptions {
  readonly env: ApiEnv;
  readonly service: ServiceState;
  readonly contextFor: (requestId: string) => Promise<Context>;
  readonly deployments: Deployments;
  readonly deadLetters: AdminDeadLetters;
  readonly confirmations: Confirmations;
  readonly audit: OperatorAudit;
  readonly lockRepository: KeyedMutex;
  readonly clock: Clock;
  readonly log: Log;
  readonly costly: CostlyQuestions;
  /** Deliveries from before a crash that are still to be handled. */
  readonly replaying: () => number;
  /** The address that a request comes from. */
  readonly addressOf: AddressOf;
  /** Authenticates requests that have no token. */
  readonly signedIn?: Authenticate | undefined;
  readonly count: (endpoint: string, status: number, seconds: number) => void;
}

/** Makes a check that is true for a request with an API token for all repositories. */
export function hasTokenForAll(env: ApiEnv, clock: Clock): (request: IncomingMessage) => Promise<boolean> {
  const authenticate = bearerAuthentication({ ...env, clock });
  return async ({ headers }) => {
    try {
      const authorization = headers.authorization ?? '';
      const caller = await authenticate(
        new Request('http://metrics.invalid', { headers: { authorization } }),
      );
      return caller !== null && reachesAll(caller);
    } catch (error) {
      if (error instanceof Unauthenticated) return false;
      throw error;
    }
  };
}

/** The REST API as routes of the front door. */
export function apiRoutes(options: ApiRoutesOptions): readonly Route[] {
  const { env, service, clock, log, signedIn, count } = options;
  const addresses = new WeakMap<Request, string>();
  const bearer = bearerAuthentication({ ...env, clock });
  const app = createApi({
    endpoints: [
      ...generalEndpoints(service),
      ...operationEndpoints(OPERATIONS, options),
      ...adminEndpoints({
        ...options,
        alerts: async (requestId, state) => allAlerts(await options.contextFor(requestId), state),
      }),
    ],
    authenticate: async (request) => (await bearer(request)) ?? (await signedIn?.(request)) ?? null,
    store: service.store,
    version: service.version,
    replaying: options.replaying,
    clock,
    log,
    addressOf: (request) => addresses.get(request) ?? '',
    count,
  });
  const listener = getRequestListener(
    (request, { incoming }) => {
      addresses.set(request, options.addressOf(incoming));
      return app.fetch(request);
    },
    { overrideGlobalObjects: false },
  );
  return [API_BASE, `${API_BASE}/*`].map((path) => ({
    method: '*',
    path,
    handle: (request, response) => listener(request, response),
  }));
}
