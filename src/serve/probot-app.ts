import type { Probot } from 'probot';
import { systemClock } from '../clock.ts';
import { readAppEnv } from '../env.ts';
import { registerEvents } from '../events/register.ts';
import { createGitHub } from '../github/connect.ts';
import { appAuthentication } from '../github/probot.ts';
import { createChanges } from '../http/dashboard/changes.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';
import { openDeploymentFile } from '../store/deployment-file.ts';
import { createLog, deliveryLog } from '../telemetry/log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { guardedPlanner, storeBreaker } from './breakers.ts';
import { createContexts } from './contexts.ts';
import { createPlanner } from './planner.ts';
import { openStore } from './storage.ts';

/**
 * Registers the events of Offbeat at a Probot that receives webhooks by itself, on the files of the data directory that
 * the environment names. The directory stays taken until the process ends. Throws `env-invalid` and `store-locked`.
 */
export async function registerProbotApp(
  probot: Probot,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const env = readAppEnv(environment);
  const log = createLog({ level: env.logLevel });
  const { store } = await openStore({ env, log, clock: systemClock });
  const parts = {
    env,
    github: createGitHub(appAuthentication(probot)),
    planning: guardedPlanner(createPlanner()),
    metrics: createMetrics(),
    changes: createChanges(),
    breaker: storeBreaker(),
  };
  const contexts = createContexts(parts, store, openDeploymentFile(env.dataDirectory));
  const register = registerEvents({
    contextFor: (deliveryId) =>
      contexts.forRequest({ clock: systemClock, log: deliveryLog(log, deliveryId) }),
    lockRepository: createKeyedMutex(),
  });
  await probot.load(register);
}
