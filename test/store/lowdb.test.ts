import {
  cp,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type LowdbStore,
  type LowdbStoreOptions,
  openLowdbStore,
} from '../../src/store/lowdb/lowdb-store.ts';
import { copyLeftBehind } from '../left-behind.ts';
import { storeContract } from './contract.ts';
import { clock, keepingLog, profile, run } from './sample.ts';

const opened: LowdbStore[] = [];
const directories: string[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const store of opened.splice(0)) await store.close();
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true, force: true });
});

async function freshDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-store-'));
  directories.push(directory);
  return directory;
}

async function openIn(directory: string, more: Partial<LowdbStoreOptions> = {}): Promise<LowdbStore> {
  const store = await openLowdbStore({ directory, log: keepingLog(), clock, ...more });
  opened.push(store);
  return store;
}

/** Has every write through an open file fail, as on a full disk. */
async function refuseWrites(): Promise<() => Promise<void>> {
  const file = await open(await freshDirectory(), 'r');
  const prototype = Object.getPrototypeOf(file) as FileHandle;
  await file.close();
  const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
  for (const name of ['write', 'writev', 'writeFile', 'appendFile', 'sync', 'datasync'] as const)
    vi.spyOn(prototype, name).mockRejectedValue(full);
  return async () => void vi.restoreAllMocks();
}

function contractOn(name: string, more: Partial<LowdbStoreOptions>): void {
  storeContract(name, async () => {
    const directory = await freshDirectory();
    let store = await openIn(directory, more);
    return {
      store,
      async reopen() {
        await store.close();
        store = await openIn(directory, more);
        return store;
      },
      refuseWrites,
    };
  });
}

contractOn('lowdb', {});
contractOn('lowdb with no room in memory', { cacheBytes: 0 });
contractOn('lowdb with a journal that is cut all the time', { segmentBytes: 1 });

const fileOf = (directory: string, name: string): string => join(directory, 'repositories', '1', name);

/** Two checkpoints of one repository: run 1 in the first, runs 1 and 2 in the second. */
async function twoCheckpoints(directory: string): Promise<void> {
  const store = await openIn(directory);
  await store.apply(1, { profile: profile(1), runs: [run(1)] });
  await store.checkpoint();
  await store.apply(1, { runs: [run(2)], proposals: [] });
  await store.close();
}

const DAMAGES: readonly (readonly [string, (path: string) => Promise<void>])[] = [
  ['cut in the middle', (path) => truncate(path, 40)],
  ['empty', (path) => truncate(path, 0)],
  ['overwritten with garbage', (path) => writeFile(path, Buffer.from([0xff, 0xfe, 0, 7, 7]))],
  ['replaced by JSON of another shape', (path) => writeFile(path, '{"version":1,"runs":[{"id":"one"}]}')],
  ['removed', (path) => rm(path)],
  [
    'changed in one digit',
    async (path) =>
      writeFile(path, (await readFile(path, 'utf8')).replace(/\d(?=\D*$)/, '7').replace('9', '8')),
  ],
];

const FILES = ['profile.json', 'runs.json', 'learned.json', 'learned_strategies.json', 'decisions.json'];

/** What a process that is killed now leaves behind. */
async function leftBehind(directory: string): Promise<string> {
  const copy = await freshDirectory();
  await copyLeftBehind(directory, copy);
  return copy;
}

const idsIn = async (store: LowdbStore, id = 1): Promise<readonly number[] | undefined> =>
  (await store.load(id))?.runs.map((each) => each.id);

describe('a change', () => {
  it('is in the journal before anybody sees it, and comes back after a crash', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    await store.apply(1, { profile: profile(1), runs: [run(1)] });
    await store.checkpoint();
    await store.apply(1, { runs: [run(2)] });
    const again = await openIn(await leftBehind(directory));
    expect(await idsIn(again)).toEqual([1, 2]);
  });

  it('that comes back stands in profiles at once', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    await store.apply(1, { profile: profile(1) });
    await store.apply(2, { profile: profile(2) });
    await store.checkpoint();
    await store.apply(1, { profile: profile(1, { name: 'renamed' }) });
    await store.delete(2);
    const again = await openIn(await leftBehind(directory));
    expect((await again.profiles()).map(({ name }) => name)).toEqual(['renamed']);
  });

  it('is applied once, whatever of a checkpoint a crash has left', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    const event = { at: 1, kind: 'created', strategy: 'default', before: null, after: null } as const;
    await store.apply(1, {
      profile: profile(1),
      runs: [run(1)],
      learningEvents: [{ ...event, why: 'first' }],
    });
    await store.checkpoint();
    const before = await leftBehind(directory);
    await store.apply(1, { runs: [run(2)], learningEvents: [{ ...event, why: 'second' }] });
    await store.checkpoint();
    // The crash came before the last document had its name, or before some others had theirs too.
    for (const names of [['profile.json'], ['profile.json', 'runs.json']]) {
      const left = await leftBehind(directory);
      for (const name of names) await cp(fileOf(before, name), fileOf(left, name));
      const again = await openIn(left);
      expect(await idsIn(again)).toEqual([1, 2]);
      expect((await again.load(1))?.learningLog.map(({ why }) => why)).toEqual(['first', 'second']);
    }
  });

  it('of a deleted repository does not come back, and a new one begins with nothing', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    await store.apply(1, { profile: profile(1), runs: [run(1)] });
    await store.checkpoint();
    const before = await leftBehind(directory);
    await store.delete(1);
    await store.apply(1, { profile: profile(1), runs: [run(2)] });
    // The crash came before the directory was removed.
    const left = await leftBehind(directory);
    await cp(join(before, 'repositories'), join(left, 'repositories'), { recursive: true });
    expect(await idsIn(await openIn(left))).toEqual([2]);
  });
});

describe('a damaged file', () => {
  describe.each(FILES)('%s', (name) => {
    it.each(DAMAGES)('%s: is set aside, reported, and nothing is lost', async (_how, damage) => {
      const directory = await freshDirectory();
      await twoCheckpoints(directory);
      await damage(fileOf(directory, name));
      const log = keepingLog();
      const store = await openIn(directory, { log });
      const state = await store.load(1);
      // The checkpoint before has run 1 only; run 2 comes back from the journal.
      expect(state?.runs.map(({ id }) => id)).toEqual([1, 2]);
      expect(state?.damage.join()).toContain(name);
      expect(log.lines.filter(({ level }) => level === 'error')).not.toEqual([]);
      const aside = (await readdir(join(directory, 'repositories', '1'))).filter((each) =>
        each.includes('.damaged-'),
      );
      expect(aside.some((each) => each.startsWith(name))).toBe(true);

      await store.close();
      const again = await openIn(directory);
      expect((await again.load(1))?.runs.map(({ id }) => id)).toEqual([1, 2]);
      expect((await again.load(1))?.damage).toHaveLength(aside.length);
    });
  });

  it('never becomes an empty history where nothing is left to fall back to', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    await rm(join(directory, 'journal'), { recursive: true });
    for (const name of await readdir(join(directory, 'repositories', '1')))
      await truncate(fileOf(directory, name), 3);
    const store = await openIn(directory);
    await expect(store.load(1)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('costs only itself where both checkpoints of it are gone', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    await rm(join(directory, 'journal'), { recursive: true });
    for (const name of ['decisions.json', 'decisions.json.previous'])
      await truncate(fileOf(directory, name), 3);
    const store = await openIn(directory);
    const state = await store.load(1);
    expect(state?.runs.map(({ id }) => id)).toEqual([1, 2]);
    expect(state?.damage.join()).toContain('decisions.json');
  });
});

describe('files', () => {
  it('are compact JSON under the names that the documentation gives', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    const names = await readdir(join(directory, 'repositories', '1'));
    for (const name of [
      'runs.json',
      'learned_strategies.json',
      'learning_log.json',
      'decisions.json',
      'proposals.json',
    ]) {
      expect(names).toContain(name);
      const text = await readFile(fileOf(directory, name), 'utf8');
      expect(text).toBe(JSON.stringify(JSON.parse(text)));
    }
  });

  it('carry the position of the newest record in them and a checksum', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    const runs = JSON.parse(await readFile(fileOf(directory, 'runs.json'), 'utf8'));
    expect(runs).toMatchObject({
      crc: expect.stringMatching(/^[0-9a-f]{8}$/),
      position: { epoch: 1, sequence: 2 },
    });
    const before = JSON.parse(await readFile(fileOf(directory, 'runs.json.previous'), 'utf8'));
    expect(before.position).toEqual({ epoch: 1, sequence: 1 });
  });

  it('are not written where nothing changed', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    const before = await stat(fileOf(directory, 'profile.json'));
    const store = await openIn(directory);
    await store.load(1);
    await store.close();
    expect((await stat(fileOf(directory, 'profile.json'))).ino).toBe(before.ino);
  });

  it('that a process of an earlier epoch has not swapped in yet are removed before the documents are read', async () => {
    const directory = await freshDirectory();
    await twoCheckpoints(directory);
    await writeFile(fileOf(directory, 'runs.json.1.tmp'), '{}');
    const store = await openIn(directory);
    expect(await idsIn(store)).toEqual([1, 2]);
    expect(await readdir(join(directory, 'repositories', '1'))).not.toContain('runs.json.1.tmp');
  });

  it('in both generations hold what the journal has dropped', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory, { segmentBytes: 1 });
    for (const id of [1, 2]) await store.apply(id, { profile: profile(id), runs: [run(1)] });
    // The second repository is not touched again, and its newest generation is damaged.
    for (let id = 2; id < 40; id += 1) await store.apply(1, { runs: [run(id)] });
    await store.close();
    const segments = (await readdir(join(directory, 'journal'))).filter((name) => name.endsWith('.ndjson'));
    expect(segments.length).toBeLessThan(20);
    await truncate(join(directory, 'repositories', '2', 'runs.json'), 10);
    const again = await openIn(directory);
    expect(await idsIn(again)).toHaveLength(39);
    expect(await idsIn(again, 2)).toEqual([1]);
  });
});

describe('bounds', () => {
  const retention = {
    runsPerWorkflow: 10,
    runs: 10,
    learningEvents: 10,
    scheduleVersions: 2,
    fullDecisions: 2,
    auditEvents: 10,
  };

  it('roll old runs up by file and month instead of dropping them', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory, { retention });
    await store.apply(1, { profile: profile(1) });
    for (let id = 1; id <= 30; id += 1)
      await store.apply(1, { runs: [run(id, { conclusion: id % 3 === 0 ? 'failure' : 'success' })] });
    const state = await store.load(1);
    const kept = state?.runs.length ?? 0;
    expect(kept).toBeLessThanOrEqual(11);
    const [older] = state?.olderRuns ?? [];
    expect(older).toMatchObject({ path: '.github/workflows/nightly.yml', month: '2026-11', runs: 30 - kept });
    expect(older?.totalSeconds).toBe(60 * (30 - kept));
    expect((older?.successes ?? 0) + (older?.failures ?? 0)).toBe(30 - kept);
  });

  it('hold for all files together, and cost the busy ones first', async () => {
    const store = await openIn(await freshDirectory(), { retention: { ...retention, runs: 40 } });
    const path = (file: number) => `.github/workflows/${file}.yml`;
    await store.apply(1, {
      profile: profile(1),
      // Three runs of the first file, and twenty of each of nine others.
      runs: Array.from({ length: 183 }, (_, id) => run(id, { path: path(id < 3 ? 0 : 1 + (id % 9)) })),
    });
    const state = await store.load(1);
    const files = Map.groupBy([...(state?.runs ?? [])], (each) => each.path);
    expect([...files].map(([file, runs]) => [file, runs.length])).toContainEqual([path(0), 3]);
    expect([...files.values()].map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([
      3,
      ...Array.from({ length: 9 }, () => 4),
    ]);
    expect(state?.olderRuns?.reduce((sum, { runs }) => sum + runs, 0)).toBe(183 - 39);
  });

  it('hold where there are more files than runs may be kept', async () => {
    const store = await openIn(await freshDirectory(), { retention });
    const runs = Array.from({ length: 50 }, (_, id) => run(id, { path: `.github/workflows/${id}.yml` }));
    await store.apply(1, { profile: profile(1), runs });
    const state = await store.load(1);
    expect(state?.runs.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, at) => 40 + at));
    expect(state?.olderRuns).toHaveLength(40);
  });

  it('spare what still goes on, but not what has been going on for longer than a run may', async () => {
    const store = await openIn(await freshDirectory(), { retention });
    const going = { endedAt: null, conclusion: null, durationSeconds: null };
    const longAgo = clock.now() - 40 * 86_400_000;
    await store.apply(1, {
      profile: profile(1),
      runs: [
        run(1, { ...going, createdAt: longAgo }),
        run(2, going),
        ...Array.from({ length: 20 }, (_, at) => run(3 + at)),
      ],
    });
    const ids = (await store.load(1))?.runs.map(({ id }) => id);
    expect(ids).toEqual([2, ...Array.from({ length: 9 }, (_, at) => 14 + at)]);
  });
});

describe('a checkpoint that cannot be written', () => {
  /** A directory where the file is to be staged: opening it fails, for root too. */
  const obstacle = (directory: string): string => fileOf(directory, 'profile.json.1.tmp');

  it('is told once it has failed twice, keeps no other from being written, and is forgotten once it is mended', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    for (const id of [1, 2]) await store.apply(id, { profile: profile(id), runs: [run(id)] });
    await mkdir(obstacle(directory), { recursive: true });
    await expect(store.checkpoint()).rejects.toThrow('EISDIR');
    expect(store.unwritten()).toEqual([]);
    await expect(store.checkpoint()).rejects.toThrow('EISDIR');
    expect(store.unwritten()).toEqual([expect.stringContaining('documents of 1 repository')]);
    expect(await readdir(join(directory, 'repositories', '2'))).toContain('runs.json');

    await rm(obstacle(directory), { recursive: true });
    await store.checkpoint();
    expect(store.unwritten()).toEqual([]);
    await store.close();
    expect((await (await openIn(directory)).load(1))?.runs.map(({ id }) => id)).toEqual([1]);
  });
});

describe('the journal of the store', () => {
  it('is named in the damage where records in its middle cannot be read', async () => {
    const directory = await freshDirectory();
    const store = await openIn(directory);
    for (const id of [1, 2, 3]) await store.apply(id, { profile: profile(id), runs: [run(id)] });
    const left = await leftBehind(directory);
    const [segment = ''] = (await readdir(join(left, 'journal'))).filter((name) => name.endsWith('.ndjson'));
    const path = join(left, 'journal', segment);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"repositoryId":2', '"repositoryId":9'));
    const again = await openIn(left);
    expect((await again.profiles()).map(({ id }) => id)).toEqual([1, 3]);
    expect(await again.damage()).toEqual([expect.stringContaining(`${segment}.damaged`)]);
    expect(again.problems()).toEqual([]);
  });
});
