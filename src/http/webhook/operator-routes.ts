import type { IncomingMessage } from 'node:http';
import type { Condition } from '../../telemetry/conditions.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Route } from './front-door.ts';
import { respond } from './respond.ts';

export interface OperatorRoutesOptions {
  /** Why deliveries cannot be accepted durably, in sentences; none where they can. */
  readonly problems: () => Promise<readonly string[]>;
  /** Faults that do not stop deliveries from being accepted. */
  readonly conditions: () => Promise<readonly Condition[]>;
  readonly metrics: Metrics;
  /** Decides whether a request may read the metrics; `null` where these have a port of their own. */
  readonly mayReadMetrics: ((request: IncomingMessage) => Promise<boolean>) | null;
}

/**
 * `/healthz`: the process answers. `/readyz`: deliveries can be accepted durably; what else is amiss is named and
 * changes no status. `/metrics`: figures for Prometheus.
 */
export function operatorRoutes(options: OperatorRoutesOptions): readonly Route[] {
  const { problems, conditions, metrics, mayReadMetrics } = options;
  return [
    {
      method: 'GET',
      path: '/healthz',
      handle: (_request, response) => respond(response, 200, { status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      async handle(_request, response) {
        const why = await problems();
        if (why.length > 0) return respond(response, 503, { status: 'not ready', why });
        const degraded = (await conditions()).map(({ name }) => name);
        respond(response, 200, { status: 'ready', ...(degraded.length === 0 ? {} : { degraded }) });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle(request, response) {
        if (mayReadMetrics === null) return respond(response, 404, { error: 'There is nothing here.' });
        if (!(await mayReadMetrics(request))) {
          const challenge = { 'www-authenticate': 'Bearer' };
          return respond(response, 401, { error: 'The metrics take a token.' }, challenge);
        }
        const { contentType, text } = await metrics.expose();
        response.writeHead(200, { 'content-type': contentType });
        response.end(text);
      },
    },
  ];
}
