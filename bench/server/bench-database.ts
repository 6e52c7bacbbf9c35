import { readFileSync } from 'node:fs';
import pg from 'pg';

const PREFIX = 'offbeat_bench_';
const OWN_NAME = /^offbeat_bench_(?<pid>\d+)_\d+$/;
/** `USER_HZ`: what `/proc` counts in, on every Linux. */
const TICK_MICROSECONDS = 10_000;
/** Places in `/proc/PID/stat`, counted behind the name. */
const UTIME = 11;
const STIME = 12;

/** Why a figure on PostgreSQL is missing. */
export const NO_DATABASE = 'no PostgreSQL: set BENCH_DATABASE_URL';

/** A database of its own, for one section of the bench. */
export interface BenchDatabase {
  readonly url: string;
  /** Processor time that the servers of its connections have spent so far; `null` where they are on another machine. */
  cpuMicroseconds(): Promise<number | null>;
  /** How many connections it has, and what it takes on the disk. */
  size(): Promise<{ readonly connections: number; readonly bytes: number }>;
  drop(): Promise<void>;
}

let made = 0;

/**
 * A database of its own on the server that `BENCH_DATABASE_URL` names; `null` where it names none. What an earlier
 * bench has left behind, as it does where it is killed, is dropped.
 */
export async function benchDatabase(): Promise<BenchDatabase | null> {
  const server = process.env.BENCH_DATABASE_URL;
  if (server === undefined) return null;
  made += 1;
  const name = `${PREFIX}${process.pid}_${made}`;
  await onServer(server, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select datname as name from pg_database
        where starts_with(datname, $1) and not exists (
          select 1 from pg_stat_activity where pg_stat_activity.datname = pg_database.datname)`,
      [PREFIX],
    );
    for (const { name: left } of rows)
      if (isAbandoned(left)) await admin.query(`drop database if exists ${left}`);
    await admin.query(`create database ${name}`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    cpuMicroseconds: () => onServer(server, (admin) => cpuOf(admin, name)),
    size: () => onServer(server, (admin) => sizeOf(admin, name)),
    drop: () =>
      onServer(server, async (admin) => void (await admin.query(`drop database ${name} with (force)`))),
  };
}

async function onServer<T>(server: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** True for a database of a bench that runs no more. */
function isAbandoned(name: string): boolean {
  const pid = Number(OWN_NAME.exec(name)?.groups?.pid ?? Number.NaN);
  if (!Number.isSafeInteger(pid) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

async function sizeOf(
  admin: pg.Client,
  database: string,
): Promise<{ readonly connections: number; readonly bytes: number }> {
  const { rows } = await admin.query<{ connections: string; bytes: string }>(
    `select pg_database_size($1::name) as bytes,
            (select count(*) from pg_stat_activity where datname = $1::name) as connections`,
    [database],
  );
  return { connections: Number(rows[0]?.connections), bytes: Number(rows[0]?.bytes) };
}

async function cpuOf(admin: pg.Client, database: string): Promise<number | null> {
  const { rows } = await admin.query<{ pid: number }>('select pid from pg_stat_activity where datname = $1', [
    database,
  ]);
  let ticks = 0;
  for (const { pid } of rows) {
    const stat = statOf(pid);
    if (stat === null) return null;
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    for (const field of [UTIME, STIME]) ticks += fields[field] ?? 0;
  }
  return ticks * TICK_MICROSECONDS;
}

function statOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.includes('(postgres)') ? stat : null;
  } catch {
    return null;
  }
}
