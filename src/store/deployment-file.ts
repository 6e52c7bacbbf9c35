import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskError } from '../disk/disk-errors.ts';
import { makePrivateDirectory, replacePrivateFile } from '../disk/private.ts';
import { OffbeatError } from '../errors.ts';
import { createMutex } from '../keyed-mutex.ts';
import { Deployment, emptyDeployment } from '../proposal/deployment.ts';
import type { Deployments } from '../usecases/ports.ts';
import { changedUnread, deploymentUnreadable } from './unreadable-deployment.ts';

const FILE_NAME = 'deployment.json';

/**
 * The operator's decisions, in a file of their own beside the data. A terminal may change the file while the App runs,
 * and the App reads it again at its next delivery. Throws `stop-unreadable` where the file cannot be read.
 */
export function openDeploymentFile(directory: string): Deployments {
  const path = join(directory, FILE_NAME);
  let known: { readonly stamp: string; readonly deployment: Deployment } | undefined;
  const inTurn = createMutex();

  const load = async (): Promise<Deployment> => {
    try {
      const stamp = stampOf(path);
      if (stamp === null) return emptyDeployment();
      if (known?.stamp === stamp) return known.deployment;
      const deployment = Deployment.parse(JSON.parse(await readFile(path, 'utf8')));
      known = { stamp, deployment };
      return deployment;
    } catch (error) {
      throw deploymentUnreadable(FILE_NAME, error);
    }
  };

  const changeNow = async (update: (deployment: Deployment) => Deployment): Promise<Deployment> => {
    const next = await changed(update);
    try {
      await makePrivateDirectory(directory);
      await replacePrivateFile(path, `${JSON.stringify(next, null, 2)}\n`);
    } catch (error) {
      throw asDiskError(error, path);
    }
    known = undefined;
    return next;
  };

  const changed = async (update: (deployment: Deployment) => Deployment): Promise<Deployment> => {
    const found = await load().catch((error: OffbeatError) => error);
    if (!(found instanceof OffbeatError)) return Deployment.parse(update(found));
    const next = changedUnread(update, found);
    // It may hold rollouts that an operator wants back.
    await rename(path, `${path}.unreadable-${randomUUID()}`);
    return next;
  };

  return { load, change: (update) => inTurn(() => changeNow(update)) };
}

/**
 * Which version of the file lies there; `null` where there is none. Asked at every delivery: on the event loop this is
 * one short call to the system, while the thread pool would be woken, and would wake us, each time.
 */
function stampOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.ino} ${found.mtimeNs} ${found.size}`;
}
