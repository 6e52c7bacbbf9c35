/**
 * Whether the server grows with what it has lived through:
 * `npm run bench:soak [-- events=2000000 repositories=20 store=files|postgres]`. Signed webhooks over HTTP to the
 * production path, learning included; after every hundredth of them memory, open descriptors and the size of the data
 * directory or, with `store=postgres` and BENCH_DATABASE_URL, of the database and its connections are read.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppOrder } from './server/app-process.ts';
import { benchDatabase, NO_DATABASE } from './server/bench-database.ts';
import { Child } from './server/child.ts';
import { WORKFLOWS_PER_REPOSITORY } from './server/deliveries.ts';
import { type Figure, megabytes, table, whole } from './server/figures.ts';
import type { LoadOrder, LoadResult } from './server/load-process.ts';

const CONNECTIONS = 32;
const LOOKS = 100;
const LINES = 10;
const BURST = 5;
/** What the second half may hold above the most of the second quarter, when every bound has long been reached. */
const MOST_GROWTH = 1.1;
/** Connections of the load that were not yet closed at the moment of the look. */
const SPARE_DESCRIPTORS = CONNECTIONS;
const ON_FILES = { parts: 'files', disk: 'data directory' };
const ON_POSTGRES = { parts: 'connections', disk: 'database' };
const NODE_FLAGS = ['--expose-gc', '--max-semi-space-size=4'];

interface Look {
  readonly events: number;
  readonly rssBytes: number;
  readonly descriptors: number;
  /** Files of the data directory; on PostgreSQL connections to the database. */
  readonly parts: number;
  readonly diskBytes: number;
}

async function sizeOf(directory: string): Promise<{ readonly parts: number; readonly diskBytes: number }> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      // A segment or an older checkpoint may be taken away between the listing and the look.
      .map((entry) =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return { parts: sizes.length, diskBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function soak(events: number, repositories: number, onPostgres: boolean): Promise<readonly Figure[]> {
  const database = onPostgres ? await benchDatabase() : null;
  if (onPostgres && database === null) throw new Error(NO_DATABASE);
  const names = onPostgres ? ON_POSTGRES : ON_FILES;
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-soak-'));
  const load = new Child('load-process.ts');
  const app = new Child('app-process.ts', NODE_FLAGS);
  const looks: Look[] = [];
  const started = performance.now();
  try {
    const port = await app.ask<number>({
      kind: 'whole',
      directory,
      ...(database === null ? {} : { url: database.url }),
      learns: true,
      repositories,
    } satisfies AppOrder);
    const share = Math.ceil(events / LOOKS);
    for (let from = 0; from < events; from += share) {
      const order: LoadOrder = {
        url: `http://127.0.0.1:${port}/api/github/webhooks`,
        traffic: { repositories, workflowsPerRepository: WORKFLOWS_PER_REPOSITORY, burst: BURST, from },
        connections: CONNECTIONS,
        amount: share,
      };
      const { failures } = await load.ask<LoadResult>(order);
      if (failures > 0) throw new Error(`${failures} deliveries were left unanswered.`);
      await app.ask('idle');
      const rssBytes = await app.ask<number>('memory');
      const descriptors = (await readdir(`/proc/${app.pid}/fd`)).length;
      const size =
        database === null
          ? await sizeOf(directory)
          : await database
              .size()
              .then(({ connections, bytes }) => ({ parts: connections, diskBytes: bytes }));
      looks.push({ events: from + share, rssBytes, descriptors, ...size });
      if (looks.length % (LOOKS / LINES) === 0) console.log(lineOf(looks.at(-1) as Look, names));
    }
    return figuresOf(looks, (performance.now() - started) / 1_000, names);
  } finally {
    load.end();
    app.end();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

function lineOf({ events, rssBytes, descriptors, parts, diskBytes }: Look, names: typeof ON_FILES): string {
  return (
    `  ${whole(events)} events: RSS ${megabytes(rssBytes)}, ${descriptors} descriptors, ${parts} ${names.parts}, ` +
    `${megabytes(diskBytes)} on disk`
  );
}

function figuresOf(looks: readonly Look[], seconds: number, names: typeof ON_FILES): readonly Figure[] {
  const half = looks.length >> 1;
  const most = (part: readonly Look[], of: (look: Look) => number): number => Math.max(...part.map(of));
  const grown = (
    name: string,
    of: (look: Look) => number,
    show: (value: number) => string,
    spare = 0,
  ): Figure => {
    const before = most(looks.slice(half >> 1, half), of);
    const after = most(looks.slice(half), of);
    return {
      name: `${name}: most in the second quarter, most in the second half`,
      value: `${show(before)} · ${show(after)}`,
      bar: `≤ × ${MOST_GROWTH}`,
      met: after <= before * MOST_GROWTH + spare,
    };
  };
  const events = looks.at(-1)?.events ?? 0;
  return [
    { name: 'events accepted and learned', value: whole(events), bar: '', met: null },
    { name: 'events/s, looks included', value: whole(events / seconds), bar: '', met: null },
    grown('RSS', ({ rssBytes }) => rssBytes, megabytes),
    grown('descriptors', ({ descriptors }) => descriptors, whole, SPARE_DESCRIPTORS),
    grown(names.parts, ({ parts }) => parts, whole),
    grown(names.disk, ({ diskBytes }) => diskBytes, megabytes),
  ];
}

function numberOf(name: string, otherwise: number): number {
  const word = process.argv.find((each) => each.startsWith(`${name}=`));
  return word === undefined ? otherwise : Number(word.slice(name.length + 1));
}

const onPostgres = process.argv.includes('store=postgres');
console.log(table(await soak(numberOf('events', 2_000_000), numberOf('repositories', 20), onPostgres)));
