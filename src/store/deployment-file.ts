import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OffbeatError } from '../errors.ts';
import { Deployment, emptyDeployment } from '../proposal/deployment.ts';
import type { Deployments } from '../usecases/ports.ts';

const FILE_NAME = 'deployment.json';

/**
 * What the operator has decided, in a file of its own beside the data: a terminal may change it while the App runs, and
 * the App sees that at its next delivery. Throws `store-damaged` where it cannot be read: a stop must not be overlooked.
 */
export function openDeploymentFile(directory: string): Deployments {
  const path = join(directory, FILE_NAME);
  let known: { readonly stamp: string; readonly deployment: Deployment } | undefined;
  let changing: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<Deployment> => {
    const stamp = await stampOf(path);
    if (stamp === null) return emptyDeployment();
    if (known?.stamp === stamp) return known.deployment;
    const deployment = parse(path, await readFile(path, 'utf8'));
    known = { stamp, deployment };
    return deployment;
  };

  const changeNow = async (update: (deployment: Deployment) => Deployment): Promise<Deployment> => {
    const next = Deployment.parse(update(await load()));
    await mkdir(directory, { recursive: true });
    const beside = `${path}.${randomUUID()}`;
    try {
      const file = await open(beside, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(next, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    known = undefined;
    return next;
  };

  return {
    load,
    change(update) {
      const changed = changing.then(() => changeNow(update));
      changing = changed.catch(() => undefined);
      return changed;
    },
  };
}

async function stampOf(path: string): Promise<string | null> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${ino} ${mtimeNs} ${size}`;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parse(path: string, text: string): Deployment {
  try {
    return Deployment.parse(JSON.parse(text));
  } catch (error) {
    throw new OffbeatError('store-damaged', 'What the operator has decided cannot be read.', {
      where: path,
      fix: 'Correct the file, or remove it to begin with no stop and no rollout.',
      cause: error,
    });
  }
}
