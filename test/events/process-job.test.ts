import { generateKeyPairSync } from 'node:crypto';
import { Writable } from 'node:stream';
import type { ApplicationFunction } from 'probot';
import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { currentDelivery } from '../../src/events/delivery.ts';
import { processJob } from '../../src/events/process-job.ts';
import { createProbot } from '../../src/github/probot.ts';
import { isPermanentFailure } from '../../src/queue/queue.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { Context } from '../../src/usecases/context.ts';
import { MAINTENANCE_EVENT } from '../../src/usecases/maintenance/run-maintenance.ts';
import { fakeContext, memoryStore } from '../usecases/fakes.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

const CANARY = 'canary-in-a-payload';

/** A Probot as production makes it with one application, and everything that it logs at the level that says most. */
async function probotWith(application: ApplicationFunction) {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const probot = createProbot({
    appId: 7,
    privateKey,
    secret: 'secret-of-the-test',
    baseUrl: 'http://127.0.0.1:1',
    timeoutMs: 1_000,
    log: createLog({ level: 'trace', destination }),
  });
  await probot.load(application);
  return { probot, lines };
}

const delivery = (context: Partial<Context> = {}) => ({
  context: fakeContext({}, context).context,
  lockRepository: <T>(_repositoryId: number, work: () => Promise<T>) => work(),
});

const JOB = {
  deliveryId: 'delivery-1',
  event: 'push',
  payload: { ref: CANARY, installation: { id: 9 } },
  repositoryId: 1,
};

describe('processJob', () => {
  it('hands the event to its handler, within its own delivery', async () => {
    const seen: unknown[] = [];
    const { probot } = await probotWith((app) => {
      app.on('push', async ({ id, name, payload }) => {
        await Promise.resolve();
        seen.push({ id, name, payload, delivery: currentDelivery() });
      });
    });
    const first = delivery();
    const second = delivery();
    await Promise.all([
      processJob(probot, JOB, first),
      processJob(probot, { ...JOB, deliveryId: 'delivery-2' }, second),
    ]);
    const event = { name: 'push', payload: JOB.payload };
    expect(seen).toEqual([
      { ...event, id: 'delivery-1', delivery: first },
      { ...event, id: 'delivery-2', delivery: second },
    ]);
    expect(currentDelivery()).toBeUndefined();
  });

  it('throws what the handler has thrown, without the payload, and logs none of it', async () => {
    const thrown = new OffbeatError('payload-invalid', 'The payload is not as expected.');
    const { probot, lines } = await probotWith((app) => {
      app.on('push', () => {
        throw thrown;
      });
    });
    const error: unknown = await processJob(probot, JOB, delivery()).catch((failure: unknown) => failure);
    expect(error).toBe(thrown);
    expect(isPermanentFailure(error)).toBe(true);
    expect(error).not.toHaveProperty('event');
    expect(lines).toEqual([]);
  });

  it('does nothing for an event that nobody handles', async () => {
    const { probot } = await probotWith(() => undefined);
    await expect(processJob(probot, { ...JOB, event: 'star' }, delivery())).resolves.toBeUndefined();
  });

  it('runs maintenance without Probot, and skips a repository that was deleted', async () => {
    const loaded: number[] = [];
    const store = {
      ...memoryStore(),
      load: async (id: number) => {
        loaded.push(id);
        return undefined;
      },
    };
    const probot = {
      receive: async () => {
        throw new Error('Maintenance is no event.');
      },
    };
    await processJob(probot, { ...JOB, event: MAINTENANCE_EVENT, payload: {} }, delivery({ store }));
    expect(loaded).toEqual([1]);
  });
});
