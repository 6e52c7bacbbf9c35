import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';

/** Has Node collect all that nothing leads to. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // A reference that was looked at stays until the end of the turn.
  await turn();
  collect();
}

/** What a server's metrics read at every scrape, once the server is gone. */
async function readByMetrics(): Promise<WeakRef<object>> {
  const server = { conditions: async () => [] };
  const metrics = createMetrics();
  metrics.watchConditions(() => server.conditions());
  expect((await metrics.expose()).text).toContain('offbeat_degraded');
  return new WeakRef(server);
}

it('figures of the process keep nothing of a server that has stopped', async () => {
  const server = await readByMetrics();
  await collectGarbage();
  expect(server.deref()).toBeUndefined();
});

it('figures of the process stand once in the metrics of each server', async () => {
  for (const metrics of [createMetrics(), createMetrics()]) {
    const { text } = await metrics.expose();
    expect(text.match(/^# TYPE offbeat_nodejs_heap_size_used_bytes /gm)).toHaveLength(1);
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  }
});
