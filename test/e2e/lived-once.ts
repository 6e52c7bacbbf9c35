import { rm } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { quickDirectory } from '../quick-directory.ts';
import { type AppOptions, type RunningApp, resume, type Snapshot, takeSnapshot } from './harness.ts';

/**
 * A life that is lived once in a file, by the first test that needs it. Returns what runs a test from where that life
 * ended; each test has its own copy of the App's data and of the emulated GitHub.
 */
export function livedOnce(
  options: AppOptions,
  life: (app: RunningApp) => Promise<void>,
): (test: (app: RunningApp) => Promise<void>) => Promise<void> {
  let lived: Promise<Snapshot> | undefined;
  let directory: string | undefined;
  const live = async () => {
    directory = await quickDirectory('offbeat-lived-');
    return takeSnapshot(options, life, directory);
  };
  afterAll(async () => {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });
  return async (test) => {
    lived ??= live();
    await resume(options, await lived, test);
  };
}
