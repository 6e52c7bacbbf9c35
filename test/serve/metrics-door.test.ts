import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { MetricsEnv } from '../../src/env.ts';
import { startTestServer } from './server.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serverWith(metrics: MetricsEnv) {
  const app = await startTestServer({ metrics });
  cleanups.push(() => app.close());
  const read = async (authorization?: string) =>
    (
      await fetch(
        `${app.server.url}/metrics`,
        authorization === undefined ? {} : { headers: { authorization } },
      )
    ).status;
  return { app, read };
}

describe('/metrics', () => {
  it('takes a token on the port of everything else', async () => {
    const { app, read } = await serverWith({ port: null, token: 'a token of the metrics' });
    expect([await read(), await read('Bearer another token'), await read('Bearer')]).toEqual([401, 401, 401]);
    expect(app.server.metricsUrl).toBeNull();
  });

  it('takes its own token, and one of the API for all repositories', async () => {
    const { app, read } = await serverWith({ port: null, token: 'a-token-of-the-metrics' });
    expect(await read('Bearer a-token-of-the-metrics')).toBe(200);
    expect(await read(`Bearer ${await app.tokenOf('viewer', ['*'])}`)).toBe(200);
    expect(await read(`Bearer ${await app.tokenOf('admin', ['acme/*'])}`)).toBe(401);
  });

  it("is nobody's where neither is set", async () => {
    const { read } = await serverWith({ port: null, token: null });
    expect([await read(), await read('Bearer null')]).toEqual([401, 401]);
  });

  it('has a port of its own, and is not there on the other', async () => {
    const { app, read } = await serverWith({ port: 0, token: null });
    expect(await read()).toBe(404);
    const own = await fetch(app.server.metricsUrl ?? '');
    expect([own.status, await own.text()]).toEqual([200, expect.stringContaining('offbeat_queue_waiting')]);
    expect((await fetch((app.server.metricsUrl ?? '').replace('/metrics', '/api/v1/health'))).status).toBe(
      404,
    );
  });

  it('is on a port that compose neither publishes nor leads its proxy to', () => {
    const { services, 'x-variables': variables } = parse(
      readFileSync(new URL('../../deploy/compose.yaml', import.meta.url), 'utf8'),
      { merge: true },
    );
    expect(variables.METRICS_PORT).toBe('9464');
    expect(services.proxy.command).not.toContain('9464');
    for (const { ports = [] } of Object.values(services) as { ports?: string[] }[]) {
      expect(ports.join()).not.toMatch(/9464|3000/);
    }
  });
});
