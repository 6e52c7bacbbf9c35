import { Octokit } from '@octokit/rest';
import { parseConfig } from '../../src/config/parse.ts';
import { createAbsences } from '../../src/github/absences.ts';
import { statusOf } from '../../src/github/client.ts';
import { createClockReadings } from '../../src/github/clock-readings.ts';
import { createGitHub } from '../../src/github/connect.ts';
import { createGuard } from '../../src/github/guard.ts';
import { createKeyedMutex } from '../../src/keyed-mutex.ts';
import type { Log } from '../../src/log.ts';
import type { StartedRun } from '../../src/on-time/started-run.ts';
import { createOnTimeLoop } from '../../src/serve/on-time.ts';
import type { Context } from '../../src/usecases/context.ts';
import type { GitHub, SourceFile, Store } from '../../src/usecases/ports.ts';
import type { BenchTime } from './shifted-time.ts';

/** What stands in a repository; reading it is not what is measured. */
export interface Checkout {
  readonly config: string;
  readonly files: readonly SourceFile[];
}

const silent = (): void => undefined;
/** What GitHub has answered is a part of the simulation; anything else is a fault of the code, and said. */
const LOG: Log = {
  debug: silent,
  info: silent,
  warn: silent,
  error(fields, message) {
    if (!('err' in fields) || statusOf(fields.err) === undefined) console.error(message, fields);
  },
};
const SILENT_OCTOKIT = { debug: silent, info: silent, warn: silent, error: silent };
const never = <T>(): Promise<T> => new Promise(() => undefined);

/**
 * The dispatcher of one process: production code from the clock to the request. It ends without warning when it is
 * killed.
 */
export interface Process {
  readonly context: Context;
  begin(): void;
  note(repositoryId: number, run: StartedRun): void;
  kill(): void;
}

export interface ProcessOptions {
  readonly time: BenchTime;
  readonly fetch: typeof fetch;
  readonly store: Store;
  readonly baseUrl?: string;
  /** Reads repositories where they need not be asked for over HTTP. */
  readonly checkoutOf?: (repositoryId: number) => Checkout;
}

/** A new process on what is kept in `store`. */
export function newProcess({
  time,
  fetch: ask,
  store,
  baseUrl = 'https://api.test',
  checkoutOf,
}: ProcessOptions): Process {
  let isAlive = true;
  /** What a killed process was waiting for never comes. */
  const whileAlive = async <T>(work: Promise<T>): Promise<T> => {
    const value = await work;
    return isAlive ? value : never();
  };
  const ownTime = { now: time.now, wait: (ms: number) => whileAlive(time.wait(ms)) };
  const client = () =>
    new Octokit({
      baseUrl,
      log: SILENT_OCTOKIT,
      request: { fetch: (input: string, init?: RequestInit) => whileAlive(ask(input, init)) },
    });
  const app = createGitHub(
    { asApp: async () => client(), inRepository: async () => client() },
    undefined,
    createGuard(ownTime),
    createAbsences(),
    createClockReadings(time.now, time.now),
  );
  const github: GitHub = {
    async connect(profile) {
      const connected = await app.connect(profile);
      const { reader } = connected;
      const checkout = checkoutOf?.(profile.id);
      return {
        ...connected,
        writer: null,
        reader: checkout === undefined ? reader : { ...reader, ...readerOf(checkout, time.now) },
      };
    },
  };
  const kept: Store = {
    profiles: () => store.profiles(),
    sharedLoads: (id) => store.sharedLoads(id),
    onTimeRepositories: () => store.onTimeRepositories(),
    delete: (id) => store.delete(id),
    loadLatenessPool: () => store.loadLatenessPool(),
    close: () => store.close(),
    load: (id) => (isAlive ? store.load(id) : never()),
    apply: (id, change) => (isAlive ? store.apply(id, change) : never()),
  };
  const context: Context = { store: kept, github, clock: time, log: LOG, emergencyStop: false, commands: [] };
  const loop = createOnTimeLoop({ context: async () => context, change: createKeyedMutex() }, time, {
    later: (act, ms) => time.later(() => isAlive && act(), ms),
    every: (act, ms) => time.every(async () => (isAlive ? act() : undefined), ms),
  });
  return {
    context,
    begin: loop.begin,
    note(repositoryId, run) {
      if (isAlive) loop.note(repositoryId, run);
    },
    kill() {
      isAlive = false;
      void loop.stop();
    },
  };
}

/** As much of a reader as the reading of workflows needs, on a checkout. */
export function readerOf({ config, files }: Checkout, now: () => number) {
  return {
    config: async () => parseConfig(config),
    workflowSources: async () => ({ sha: 'head', files }),
    fileText: async () => null,
    activity: async () => ({ pushedAt: now(), page: '' }),
  };
}
