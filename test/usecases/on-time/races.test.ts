import { rm } from 'node:fs/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createKeyedMutex, type KeyedMutex } from '../../../src/keyed-mutex.ts';
import { openLowdbStore } from '../../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { onTimeCommand } from '../../../src/usecases/on-time/command.ts';
import type { Store } from '../../../src/usecases/ports.ts';
import { dropTemplate, missingServer, serverDatabase } from '../../database/test-database.ts';
import { quickDirectory } from '../../quick-directory.ts';
import { clock, keepingLog } from '../../store/sample.ts';
import { SEEN } from '../fakes.ts';
import { PATH, START, type WorldOptions, workflow, world } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A store, how its dispatcher changes ticks, and how its jobs work. */
interface Kept {
  readonly store: Store;
  readonly change: KeyedMutex;
  readonly job: <T>(work: () => Promise<T>) => Promise<T>;
}

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(async () => {
  await opened?.destroy();
  await dropTemplate();
});

async function onFiles(): Promise<Kept> {
  const directory = await quickDirectory('offbeat-races-');
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  cleanups.push(() => store.close());
  return { store, change: createKeyedMutex(), job: (work) => work() };
}

/** One database for all of them: making one takes longer than they do. */
let opened: Awaited<ReturnType<typeof serverDatabase>> | undefined;

async function onTables(): Promise<Kept> {
  opened ??= await serverDatabase();
  const { database } = opened;
  const store = openPostgresStore({ database, log: keepingLog(), clock });
  await store.delete(SEEN.id);
  const alone = createKeyedMutex();
  return {
    store,
    change: (repositoryId, work) => alone(repositoryId, () => store.inTransaction(work)),
    job: (work) => store.inTransaction(work),
  };
}

const missing = await missingServer();

describe.each([
  { name: 'files', why: undefined, open: onFiles },
  { name: 'PostgreSQL', why: missing, open: onTables },
])('while the files are read, on $name', ({ why, open }) => {
  /** A repository with a tick every hour. `during` happens while the files are read by a push. */
  async function livedWhileRead(
    during: (at: Awaited<ReturnType<typeof world>>) => Promise<unknown>,
    options: WorldOptions = {},
    editedConfig?: string,
  ) {
    const { store, change, job } = await open();
    const at = await world({ cron: '0 * * * *', store, change, ...options });
    at.start();
    await at.until(START + 30 * MINUTE);
    const [begun, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isFirst = true;
    at.actions.onRead = async () => {
      if (!isFirst) return;
      isFirst = false;
      begun.resolve();
      await over.promise;
    };
    if (editedConfig !== undefined) at.repository.config = editedConfig;
    const reading = job(() => at.read());
    await begun.promise;
    await during(at);
    over.resolve();
    await reading;
    return at;
  }

  it.skipIf(why !== undefined)('keeps what GitHub refuses meanwhile', async () => {
    const at = await livedWhileRead(async (one) => {
      one.actions.fates.push({ answer: { status: 403, message: 'Repository was archived.' }, starts: false });
      await one.until(START + HOUR + 10 * MINUTE);
    });
    await at.until(START + 5 * HOUR);
    expect(at.actions.times).toEqual(['01:00:00']);
  });

  it.skipIf(why !== undefined)('keeps that somebody asks for none of them any more', async () => {
    const { store, change } = await open();
    const at = await world({ cron: '0 * * * *', config: 'mode: suggest\nnet: cron\n', store, change });
    const ask = (mode: 'punctual' | 'off') => onTimeCommand(at.context, SEEN.id, { mode, by: 'mona' });
    await ask('punctual');
    at.start();
    await at.until(START + 30 * MINUTE);
    // The dispatcher reads the files where the head differs from what it knows, while somebody asks.
    at.actions.blob = 'blob-2';
    let isAsked = false;
    at.actions.onRead = async (commit) => {
      if (isAsked || commit === null) return;
      isAsked = true;
      await ask('off');
    };
    await at.until(START + 5 * HOUR);
    expect((await at.state()).onTime?.files).toEqual([]);
    expect(at.actions.times).toEqual([]);
  });

  it.skipIf(why !== undefined)(
    'closes the issue that was opened meanwhile of a file that leaves',
    async () => {
      const config = 'mode: suggest\non-time: punctual\nnet: cron\n';
      const other = { path: '.github/workflows/other.yml', text: workflow('30 23 * * *') };
      const at = await livedWhileRead(
        async (one) => {
          one.actions.fates.push({ answer: 'accepted', starts: false });
          await one.until(START + HOUR + 10 * MINUTE);
          expect(one.written.issues).toHaveLength(1);
        },
        { config, repository: { files: [{ path: PATH, text: workflow('0 * * * *') }, other] } },
        `${config}workflows: { nightly.yml: { on-time: off } }\n`,
      );
      expect(at.written.closed).toMatchObject([{ title: 'Scheduled runs of nightly.yml fail' }]);
      expect((await at.state()).onTime).toMatchObject({ files: [{ path: other.path }], leftIssues: [] });
    },
  );

  it.skipIf(why !== undefined)('keeps which issue was opened meanwhile, and closes it', async () => {
    const at = await livedWhileRead(async (one) => {
      one.actions.fates.push({ answer: 'accepted', starts: false });
      await one.until(START + HOUR + 10 * MINUTE);
    });
    await at.until(START + 2 * HOUR + MINUTE);
    await at.note(at.actions.end(at.actions.runs[0]?.id ?? 0, 'success'));
    expect(at.written.issues).toHaveLength(1);
    expect(at.written.closed).toHaveLength(1);
  });
});
