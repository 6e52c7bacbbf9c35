import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { asDiskError, ifThere } from '../disk/disk-errors.ts';
import { makePrivateDirectory, replacePrivateFile } from '../disk/private.ts';
import { createMutex } from '../keyed-mutex.ts';
import type { ExpiringKeys } from '../usecases/ports.ts';

/** The App and the terminal have a file each, as the App reads its file once and then keeps it in memory. */
const FILE_NAMES = { app: 'expiring_keys.json', terminal: 'terminal_keys.json' } as const;

/** Epoch ms by key. */
const Stored = z.record(z.string(), z.number());

/** Keys in a file of the data directory. A damaged file counts as empty: its keys would expire soon. */
export function openExpiringKeysFile(
  directory: string,
  clock: Clock,
  whose: keyof typeof FILE_NAMES = 'app',
): ExpiringKeys {
  const path = join(directory, FILE_NAMES[whose]);
  let known: Promise<Map<string, number>> | undefined;
  const inTurn = createMutex();
  const keys = (): Promise<Map<string, number>> => (known ??= read(path));
  const write = async (): Promise<void> => {
    const now = clock.now();
    const all = await keys();
    for (const [key, expiresAt] of all) if (expiresAt <= now) all.delete(key);
    try {
      await makePrivateDirectory(directory);
      await replacePrivateFile(path, JSON.stringify(Object.fromEntries(all)));
    } catch (error) {
      throw asDiskError(error, path);
    }
  };
  return {
    async add(key, expiresAt) {
      const all = await keys();
      const isNew = (all.get(key) ?? 0) <= clock.now();
      all.set(key, expiresAt);
      await inTurn(write);
      return isNew;
    },
    has: async (key) => ((await keys()).get(key) ?? 0) > clock.now(),
  };
}

async function read(path: string): Promise<Map<string, number>> {
  try {
    const stored = Stored.safeParse(JSON.parse((await ifThere(readFile(path, 'utf8'))) ?? '{}'));
    return new Map(Object.entries(stored.data ?? {}));
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}
