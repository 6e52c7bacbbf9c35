import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const PROGRAMS = '/usr/lib/postgresql';
const LOOK_EVERY_MS = 50;

/** A PostgreSQL server of our own, which may be stopped, killed and held still without harm to anybody. */
export interface PrivatePostgres {
  /** A new, empty database. */
  database(): Promise<{ readonly url: string; drop(): Promise<void> }>;
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** Kills one backend with SIGKILL: the server throws all connections out and recovers from its log. */
  killBackend(): Promise<void>;
  /** Holds every process of the server still. */
  pause(forMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Where the server's programs are; `undefined` where PostgreSQL is not installed. */
export async function postgresPrograms(): Promise<string | undefined> {
  const versions = await readdir(PROGRAMS).catch(() => []);
  const newest = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? undefined : join(PROGRAMS, newest, 'bin');
}

/** Starts a server on a free port with its data in a temporary directory. Throws where that fails. */
export async function startPrivatePostgres(programs: string): Promise<PrivatePostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-postgres-'));
  const data = join(directory, 'data');
  const owner = await serverOwner();
  if (owner !== undefined) await chown(directory, owner, -1);
  // The server refuses to run as root.
  const identity = owner === undefined ? {} : { uid: owner };
  const asOwner = (program: string, args: readonly string[]) =>
    run(join(programs, program), [...args], { cwd: directory, ...identity });
  const port = await freePort();
  await asOwner('initdb', ['--auth=trust', '--username=postgres', '--no-sync', '-D', data]);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -k ${directory}`;
  const control = (...args: readonly string[]) =>
    asOwner('pg_ctl', ['-D', data, '-w', '-l', join(directory, 'log'), '-o', settings, ...args]);
  await control('start');
  const urlOf = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`;
  const statement = async (text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(text);
    await client.end();
  };
  const ready = async (): Promise<void> => {
    for (;;) {
      try {
        return await statement('select 1');
      } catch {
        await sleep(LOOK_EVERY_MS);
      }
    }
  };
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n', 1)[0]);
  let databases = 0;
  return {
    async database() {
      databases += 1;
      const name = `chaos_${databases}`;
      await statement(`create database ${name}`);
      return { url: urlOf(name), drop: () => statement(`drop database if exists ${name} with (force)`) };
    },
    async restart(mode) {
      await control('-m', mode, 'restart');
      await ready();
    },
    async killBackend() {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      // It dies under the query that asks for its number: that is what is wanted.
      client.on('error', () => undefined);
      try {
        await client.connect();
        const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
        const pid = rows[0]?.pid;
        if (pid !== undefined) signal(pid, 'SIGKILL');
      } catch {
        // It is down already.
      }
      await client.end().catch(() => undefined);
      await ready();
    },
    async pause(forMs) {
      const parent = await postmaster();
      const all = [parent, ...(await childrenOf(parent))];
      for (const pid of all) signal(pid, 'SIGSTOP');
      await sleep(forMs);
      for (const pid of all) signal(pid, 'SIGCONT');
    },
    async stop() {
      await control('-m', 'immediate', 'stop');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function serverOwner(): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { stdout } = await run('id', ['-u', 'postgres']);
  return Number(stdout);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return address.port;
}

async function childrenOf(parent: number): Promise<readonly number[]> {
  // It says so with an error where there are none: the server may be recovering.
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(parent)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').map(Number).filter(Boolean);
}

/** A backend that has ended meanwhile needs no signal. */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
