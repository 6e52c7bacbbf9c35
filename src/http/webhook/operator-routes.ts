import type { Metrics } from '../../telemetry/metrics.ts';
import type { Route } from './front-door.ts';
import { respond } from './respond.ts';

export interface OperatorRoutesOptions {
  /** Why the process should be sent no traffic, in sentences; none where it should. */
  readonly problems: () => Promise<readonly string[]>;
  readonly metrics: Metrics;
}

/** `/healthz`: the process answers. `/readyz`: it may be sent traffic. `/metrics`: figures for Prometheus. */
export function operatorRoutes({ problems, metrics }: OperatorRoutesOptions): readonly Route[] {
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
        if (why.length === 0) respond(response, 200, { status: 'ready' });
        else respond(response, 503, { status: 'not ready', why });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      async handle(_request, response) {
        const { contentType, text } = await metrics.expose();
        response.writeHead(200, { 'content-type': contentType });
        response.end(text);
      },
    },
  ];
}
