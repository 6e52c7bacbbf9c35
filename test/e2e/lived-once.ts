import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { quickDirectory } from '../quick-directory.ts';
import { type AppOptions, type RunningApp, resume, type Snapshot, takeSnapshot } from './harness.ts';

/** A snapshot whose directory is in memory, so that nobody need remove it. */
interface Kept {
  readonly snapshot: Snapshot;
  /** Contents of the App's files, by path within its directory. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Files of tests that share a process share these too. */
const lives = new Map<string, Promise<Kept>>();

/** What a life is told apart by: all that it is made of is plain data. */
type LifeOptions = Pick<AppOptions, 'workflows' | 'config' | 'permissions'>;

/**
 * A life of so many days that is lived once in a process, by the first test that needs it. Returns what runs a test
 * from where that life ended; each test has its own copy of the App's data and of the emulated GitHub.
 */
export function livedOnce(
  options: LifeOptions,
  days: number,
): (test: (app: RunningApp) => Promise<void>) => Promise<void> {
  const name = JSON.stringify([options, days]);
  return async (test) => {
    const lived = lives.get(name) ?? live(options, days);
    lives.set(name, lived);
    const { snapshot, files } = await lived;
    await inDirectory(async (dataDirectory) => {
      for (const [path, contents] of files) {
        await mkdir(dirname(join(dataDirectory, path)), { recursive: true });
        await writeFile(join(dataDirectory, path), contents);
      }
      await resume(options, { ...snapshot, dataDirectory }, test);
    });
  };
}

function live(options: LifeOptions, days: number): Promise<Kept> {
  return inDirectory(async (directory) => {
    const snapshot = await takeSnapshot(options, (app) => app.live(days), directory);
    const files = new Map<string, Buffer>();
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(directory.length + 1), await readFile(path));
    }
    return { snapshot, files };
  });
}

async function inDirectory<T>(act: (directory: string) => Promise<T>): Promise<T> {
  const directory = await quickDirectory('offbeat-lived-');
  try {
    return await act(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
