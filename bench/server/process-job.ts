import { generateKeyPairSync } from 'node:crypto';
import { processJob } from '../../src/events/process-job.ts';
import { registerEvents } from '../../src/events/register.ts';
import { createProbot } from '../../src/github/probot.ts';
import { createKeyedMutex } from '../../src/keyed-mutex.ts';
import type { Job } from '../../src/queue/queue.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { Context } from '../../src/usecases/context.ts';
import { SECRET } from './deliveries.ts';

const GITHUB_TIMEOUT_MS = 1_000;

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

/** Handles jobs as production does, through Probot, with a context of the bench's own. */
export function benchJobHandler(context: Context): (job: Job) => Promise<void> {
  const probot = createProbot({
    appId: 1,
    privateKey,
    secret: SECRET,
    baseUrl: 'http://127.0.0.1:9',
    timeoutMs: GITHUB_TIMEOUT_MS,
    log: createLog({ level: 'silent' }),
  });
  const lockRepository = createKeyedMutex();
  const loaded = probot.load(registerEvents({ contextFor: async () => context, lockRepository }));
  return async (job) => {
    await loaded;
    const atItsTime = { ...context, clock: { now: () => job.acceptedAt } };
    await processJob(probot, job, { context: atItsTime, lockRepository });
  };
}
