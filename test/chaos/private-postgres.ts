import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

const PROGRAMS = '/usr/lib/postgresql';
const LOOK_EVERY_MS = 50;
/** Characters of the server's log that an error shows. */
const LOG_SHOWN = 2_000;

/** A PostgreSQL server of our own, which may be stopped, killed and held still without harm to anybody. */
export interface PrivatePostgres {
  /** A new, empty database. */
  database(): Promise<{ readonly url: string; drop(): Promise<void> }>;
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** Kills one backend with SIGKILL: the server throws all connections out and recovers from its log. */
  killBackend(): Promise<void>;
  /** Holds every process of the server still. */
  pause(forMs: number): Promise<void>;
  /**
   * Loses the server for good; its standby, which has all that was acknowledged, takes its place at the same address.
   */
  failover(): Promise<void>;
  stop(): Promise<void>;
}

/** One address for whichever server is the primary, as a proxy or a virtual address gives it. */
interface Address {
  readonly port: number;
  leadTo(socket: string): void;
  close(): Promise<void>;
}

/** Where the server's programs are; `undefined` where PostgreSQL is not installed. */
export async function postgresPrograms(): Promise<string | undefined> {
  const versions = await readdir(PROGRAMS).catch(() => []);
  const newest = versions.toSorted((a, b) => Number(a) - Number(b)).at(-1);
  return newest === undefined ? undefined : join(PROGRAMS, newest, 'bin');
}

/** Starts a server with its data in a temporary directory, at a free port. Throws where that fails. */
export async function startPrivatePostgres(programs: string): Promise<PrivatePostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-postgres-'));
  const owner = await serverOwner();
  if (owner !== undefined) await chown(directory, owner, -1);
  // The server refuses to run as root.
  const identity = owner === undefined ? {} : { uid: owner };
  const asOwner = (program: string, args: readonly string[]) =>
    run(join(programs, program), [...args], { cwd: directory, ...identity });
  let servers = 0;
  const serverAt = (name: string): Server => {
    const data = join(directory, name);
    servers += 1;
    // A port might be taken by another process while the server restarts; its sockets are in a directory of its own.
    const port = servers;
    const settings = `-p ${port} -c listen_addresses= -k ${directory}`;
    const control = async (...args: readonly string[]): Promise<void> => {
      try {
        await asOwner('pg_ctl', ['-D', data, '-w', '-l', `${data}.log`, '-o', settings, ...args]);
      } catch (error) {
        const log = await readFile(`${data}.log`, 'utf8').catch(() => '');
        throw new Error(`The server says: ${log.slice(-LOG_SHOWN)}`, { cause: error });
      }
    };
    return { data, port, control };
  };
  const socketOf = ({ port }: Server): string => join(directory, `.s.PGSQL.${port}`);
  let primary = serverAt('data');
  await asOwner('initdb', ['--auth=trust', '--username=postgres', '--no-sync', '-D', primary.data]);
  await primary.control('start');
  const address = await openAddress(socketOf(primary));
  const urlOf = (name: string) => `postgres://postgres@127.0.0.1:${address.port}/${name}`;
  const statement = async (text: string): Promise<readonly unknown[]> => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds().catch(() => false))) await sleep(LOOK_EVERY_MS);
  };
  const ready = () => until(async () => (await statement('select 1')).length === 1);
  const postmaster = async (): Promise<number> =>
    Number((await readFile(join(primary.data, 'postmaster.pid'), 'utf8')).split('\n', 1)[0]);
  let last: Promise<unknown> = Promise.resolve();
  /** Two troubles may restart the server at once; it can be started but once. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  let databases = 0;
  let standbys = 0;
  return {
    async database() {
      databases += 1;
      const name = `chaos_${databases}`;
      await statement(`create database ${name}`);
      const drop = async (): Promise<void> => {
        await statement(`drop database if exists ${name} with (force)`);
      };
      return { url: urlOf(name), drop };
    },
    restart: (mode) =>
      inTurn(async () => {
        await primary.control('-m', mode, 'restart');
        await ready();
      }),
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
    failover: () =>
      inTurn(async () => {
        standbys += 1;
        const standby = serverAt(`standby-${standbys}`);
        const from = ['-h', directory, '-p', String(primary.port), '-U', 'postgres'];
        await asOwner('pg_basebackup', [...from, '-D', standby.data, '-c', 'fast', '-R', '--no-sync']);
        await standby.control('start');
        // From now on the primary acknowledges nothing that its standby does not have. The copy was made without this.
        await statement("alter system set synchronous_standby_names = '*'");
        await statement('select pg_reload_conf()');
        await until(async () => {
          const replicas = await statement("select 1 from pg_stat_replication where sync_state = 'sync'");
          return replicas.length > 0;
        });
        await primary.control('-m', 'immediate', 'stop');
        await standby.control('promote');
        address.leadTo(socketOf(standby));
        primary = standby;
        await ready();
      }),
    async stop() {
      await address.close();
      await primary.control('-m', 'immediate', 'stop');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface Server {
  readonly data: string;
  /** Only the name of its socket. */
  readonly port: number;
  control(...args: readonly string[]): Promise<void>;
}

async function openAddress(firstSocket: string): Promise<Address> {
  let current = firstSocket;
  const lines = new Set<Socket>();
  const server = createServer((line) => {
    const onward = connect(current);
    for (const [end, other] of [
      [line, onward],
      [onward, line],
    ] as const) {
      lines.add(end);
      end.pipe(other);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        lines.delete(end);
        other.destroy();
      });
    }
  });
  const port = await listen(server);
  return {
    port,
    leadTo(next) {
      current = next;
      for (const line of lines) line.destroy();
    },
    async close() {
      for (const line of lines) line.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serverOwner(): Promise<number | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { stdout } = await run('id', ['-u', 'postgres']);
  return Number(stdout);
}

/** Listens on a port that is free. */
async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
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
