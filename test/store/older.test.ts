import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import type { KeptRepository } from '../../src/store/kept-repository.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import type { Store } from '../../src/usecases/ports.ts';
import { fakeContext, SEEN } from '../usecases/fakes.ts';
import { liveThrough } from '../usecases/learned-repository.ts';
import { clock, keepingLog } from './sample.ts';

/*
 * What a version wrote that knew three migrations, `runs.json` of version 2, and of older runs nothing but sums: one
 * repository after fourteen daily runs, with what the months before were rolled up to, a decision and a proposal. The files
 * are those of a process that was killed: decision, proposal and audit line stand in the journal of changes alone, and the
 * third of three deliveries was not handled.
 */
const older = (name: string): Promise<string> => readFile(new URL(`older/${name}`, import.meta.url), 'utf8');

const DAYS = 14;
const OLDER_MONTH = '2025-11';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function expectAllOfIt(state: KeptRepository | undefined): void {
  expect(state?.profile.name).toBe(SEEN.name);
  expect(state?.runs.map(({ id }) => id)).toEqual(Array.from({ length: DAYS }, (_, day) => day + 1));
  expect(state?.olderRuns).toMatchObject([{ month: OLDER_MONTH, runs: 30, successes: 28, failures: 2 }]);
  expect(Object.keys(state?.learned.streams ?? {})).not.toEqual([]);
  expect(state?.population.runsLearned).toBe(DAYS - 1);
  expect(state?.learningLog.length).toBeGreaterThan(0);
  expect(state?.decisions.map(({ id }) => id)).toEqual(['d-1']);
  expect(state?.proposals).toHaveLength(1);
  expect(state?.audit.map(({ what }) => what)).toEqual(['wished']);
  expect(state?.damage).toEqual([]);
}

/** It is not only read: the next days are learned, and what was there is still there then. */
async function liveOn(store: Store): Promise<void> {
  const { context } = fakeContext({ files: [] }, { store });
  await liveThrough(context, DAYS + 2);
  const state = await store.load(SEEN.id);
  expect(state?.runs).toHaveLength(DAYS + 2);
  expect(state?.decisions).toHaveLength(1);
}

describe('a store of an older version', () => {
  it('is opened by this one, on files', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-older-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const files: Record<string, string> = JSON.parse(await older('files.json'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    const open = () => openLowdbStore({ directory, log: keepingLog(), clock });

    const store = await open();
    expectAllOfIt(await store.load(SEEN.id));
    const handled: string[] = [];
    const queue = await createInProcessQueue({
      directory: join(directory, 'queue'),
      ledger: store,
      handle: async ({ deliveryId }) => void handled.push(deliveryId),
      log: keepingLog(),
      clock,
      random: () => 0.5,
    });
    await queue.idle();
    expect(handled).toEqual(['delivery-79']);
    expect(await queue.deadLetters()).toMatchObject([{ deliveryId: 'unreadable' }]);
    await queue.drain();
    await store.close();

    // Written by this version, and read again.
    const again = await open();
    cleanups.push(() => again.close());
    expectAllOfIt(await again.load(SEEN.id));
    await liveOn(again);
  });
});
