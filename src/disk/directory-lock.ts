import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OffbeatError } from '../errors.ts';
import { ifThere, isAlreadyThere, isMissing } from './disk-errors.ts';
import { makePrivateDirectory, writePrivateFile } from './private.ts';
import { isGone, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** The holder touches its lock file this often. */
const HEARTBEAT_MS = 1_000;
/** After so long a silence a holder counts as dead, not as busy. */
export const STALE_AFTER_MS = 8_000;
const LOOK_AGAIN_MS = 250;

export interface LockOptions {
  readonly directory: string;
  /** Called once when somebody else has taken the lock: stop writing at once. */
  readonly onLost: () => void;
  readonly heartbeatMs?: number;
  readonly staleAfterMs?: number;
}

export interface DirectoryLock {
  /** True where the lock still names this process. Synchronous, as each append needs it and the file is small. */
  isHeld(): boolean;
  release(): Promise<void>;
}

interface Holder {
  readonly text: string;
  readonly beatAt: number;
}

/**
 * Takes `directory` for this process alone. A random id names the holder, as in containers every pid is 1; a heartbeat
 * shows that it lives. Throws `store-locked` where another process holds the directory. The lock of a dead holder is
 * taken over: at once where the kernel says that its process is gone, else after `staleAfterMs` without a heartbeat.
 */
export async function lockDirectory(options: LockOptions): Promise<DirectoryLock> {
  const { directory, heartbeatMs = HEARTBEAT_MS, staleAfterMs = STALE_AFTER_MS } = options;
  await makePrivateDirectory(directory);
  const path = join(directory, 'lock.json');
  const text = JSON.stringify({ id: randomUUID(), ...(await ownIdentity()) });
  await take(path, text, staleAfterMs);
  const timer = setInterval(() => void beat(), heartbeatMs);
  timer.unref();

  async function beat(): Promise<void> {
    try {
      if ((await readHolder(path))?.text === text) {
        const now = new Date();
        await utimes(path, now, now);
        return;
      }
    } catch {
      // A disk that cannot be read now may be read at the next beat; only another holder's id ends the hold.
      return;
    }
    clearInterval(timer);
    options.onLost();
  }

  return {
    isHeld: () => readTextSync(path) === text,
    async release() {
      clearInterval(timer);
      if ((await ifThere(readFile(path, 'utf8'))) === text) await rm(path, { force: true });
    },
  };
}

async function take(path: string, text: string, staleAfterMs: number): Promise<void> {
  const own = `${path}.${randomUUID()}`;
  await writePrivateFile(own, text);
  try {
    // A hard link is made whole or not at all, and never over an existing name.
    while (!(await linkUnlessTaken(own, path))) {
      const holder = await readHolder(path);
      if (holder !== undefined) await overtake(path, holder, staleAfterMs);
    }
  } finally {
    await rm(own, { force: true });
  }
}

async function linkUnlessTaken(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (isAlreadyThere(error)) return false;
    throw error;
  }
}

/** Removes the lock of a dead holder. Throws `store-locked` as soon as the holder shows a sign of life. */
async function overtake(path: string, holder: Holder, staleAfterMs: number): Promise<void> {
  const identity = readIdentity(holder.text);
  if (identity?.pid === process.pid && !(await isGone(identity))) throw lockedError(path);
  if (identity === undefined || !(await isGone(identity))) {
    while (Date.now() - holder.beatAt < staleAfterMs) {
      await sleep(LOOK_AGAIN_MS);
      const again = await readHolder(path);
      if (again === undefined) return;
      if (again.text !== holder.text || again.beatAt !== holder.beatAt) throw lockedError(path);
    }
  }
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  // Two processes may remove the same dead lock; the second then moves the first one's new lock, and puts it back.
  if ((await readHolder(aside))?.text !== holder.text) {
    await rename(aside, path);
    throw lockedError(path);
  }
  await rm(aside, { force: true });
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await ifThere(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  const found = await ifThere(stat(path));
  return found && { text, beatAt: found.mtimeMs };
}

function readTextSync(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pidsOf, pid, startedAt } = JSON.parse(text);
    const named = typeof pidsOf === 'string' && typeof pid === 'number' && typeof startedAt === 'string';
    return named ? { pidsOf, pid, startedAt } : undefined;
  } catch {
    return undefined;
  }
}

function lockedError(path: string): OffbeatError {
  return new OffbeatError('store-locked', 'Another process is using this data directory.', {
    where: path,
    fix: 'Stop it first; to run a second App, give that one a directory of its own.',
  });
}
