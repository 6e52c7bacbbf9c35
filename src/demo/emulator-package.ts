import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { OffbeatError } from '../errors.ts';

/** The emulator of GitHub that the demo runs on, as `package-lock.json` pins it. A newer one is another program. */
const VERSION = '0.12.2';
const INTEGRITY =
  'sha512-cHz1ITT3xm3HJM6qSks7+ME5Bw/W7zp7ky2Ve4M4ANls46EfeAy0m/nWOjTLJEgLEQcA9gW+L3cWjuUcklJxtQ==';
/** On the disk. */
const MEGABYTES = 10;

type EmulatorModule = typeof import('emulate');
type Environment = Readonly<Record<string, string | undefined>>;

/** The emulator: the installed package, or the one that an earlier demo has fetched; `null` where there is neither. */
export async function findEmulator(environment: Environment = process.env): Promise<EmulatorModule | null> {
  for (const specifier of ['emulate', fetchedModule(directoryOf(environment))]) {
    try {
      return await import(specifier);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return null;
}

/** The same. Throws `usage-invalid` where there is none. */
export async function requireEmulator(): Promise<EmulatorModule> {
  const found = await findEmulator();
  if (found !== null) return found;
  throw new OffbeatError('usage-invalid', `The emulator of GitHub, emulate ${VERSION}, is not installed.`, {
    fix: 'Run "offbeat demo", which fetches it.',
  });
}

/**
 * Fetches the emulator with npm where it is missing, and says so before it does: it is no part of an installation, as
 * nothing but the demo needs it. Throws `usage-invalid` where it cannot be fetched, or is not the one that was tested.
 */
export async function fetchEmulator(
  say: (sentence: string) => void,
  environment: Environment = process.env,
): Promise<void> {
  if ((await findEmulator(environment)) !== null) return;
  const directory = directoryOf(environment);
  say(
    `The demo runs on emulate ${VERSION}, an emulator of GitHub (${MEGABYTES} MB), which is not ` +
      `installed with Offbeat. Fetching it with npm into ${directory}.`,
  );
  const wanted = `emulate@${VERSION}`;
  const npm = ['install', '--prefix', directory, '--ignore-scripts', '--no-audit', '--no-fund', wanted];
  try {
    await mkdir(directory, { recursive: true });
    await promisify(execFile)('npm', npm, { env: environment, shell: process.platform === 'win32' });
  } catch (cause) {
    throw new OffbeatError('usage-invalid', 'The emulator of GitHub could not be fetched.', {
      fix: `See what npm says of it: npm ${npm.join(' ')}`,
      cause,
    });
  }
  if ((await fetchedIntegrity(directory)) === INTEGRITY) return;
  await rm(directory, { recursive: true, force: true });
  throw new OffbeatError('usage-invalid', `The registry gives another emulate ${VERSION} than was tested.`, {
    fix: 'It was removed again. Look at which registry npm asks.',
  });
}

/** One directory a version, among the user's caches (https://specifications.freedesktop.org/basedir-spec). */
function directoryOf({ XDG_CACHE_HOME }: Environment): string {
  const caches =
    XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === '' ? join(homedir(), '.cache') : XDG_CACHE_HOME;
  return join(caches, 'offbeat', `emulate-${VERSION}`);
}

function fetchedModule(directory: string): string {
  return pathToFileURL(join(directory, 'node_modules', 'emulate', 'dist', 'api.js')).href;
}

const Lock = z.object({
  packages: z.object({ 'node_modules/emulate': z.object({ integrity: z.string() }) }),
});

async function fetchedIntegrity(directory: string): Promise<string> {
  const text = await readFile(join(directory, 'package-lock.json'), 'utf8');
  return Lock.parse(JSON.parse(text)).packages['node_modules/emulate'].integrity;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
