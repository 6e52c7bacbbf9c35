import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyRepository, type KeptRepository } from '../../src/store/kept-repository.ts';
import { FoldedStates } from '../../src/store/lowdb/folded-states.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { Shelf } from '../../src/store/lowdb/shelf.ts';
import { PackedLog } from '../../src/store/packed-log.ts';
import { PackedRuns } from '../../src/store/packed-runs.ts';
import type { LearningEvent } from '../../src/strategy/strategy.ts';
import { clock, keepingLog, profile, run } from './sample.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-folded-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function event(index: number): LearningEvent {
  return {
    at: index,
    kind: 'adapted',
    strategy: 'default',
    before: null,
    after: null,
    why: `Überraschung ${index} 🎲`,
  };
}

/** Enough runs and events for packed ones and newest ones, and names beyond ASCII. */
function busyState(): KeptRepository {
  const runs = Array.from({ length: 200 }, (_, id) =>
    run(id, { path: `.github/workflows/${id % 2 === 0 ? 'nächtlich' : '毎晩'}.yml` }),
  );
  const going = run(200, { endedAt: null, conclusion: null, jobs: [{ id: 1, startedAt: 5, endedAt: 9 }] });
  return {
    ...emptyRepository(profile(7, { owner: 'größer' }), clock.now()),
    runs: PackedRuns.of([...runs, going]),
    learningLog: PackedLog.of(Array.from({ length: 75 }, (_, index) => event(index))),
  };
}

/** With lists in place of what packs them. */
function plain(state: KeptRepository | undefined): unknown {
  if (state === undefined) return undefined;
  return { ...state, runs: [...state.runs], learningLog: [...state.learningLog] };
}

describe('folded states', () => {
  it('hold all that a state holds', () => {
    const states = new FoldedStates(join(directory, 'scratch'), keepingLog());
    const folded = states.put(busyState());
    states.put(emptyRepository(profile(8), clock.now()));
    expect(plain(states.get(folded))).toEqual(plain(busyState()));
    states.close();
  });

  it('stay in memory while the disk takes nothing, and the log says it once', () => {
    const log = keepingLog();
    const states = new FoldedStates(join(directory, 'scratch'), log);
    states.close();
    const folded = [busyState(), busyState()].map((state) => states.put(state));
    for (const each of folded) expect(plain(states.get(each))).toEqual(plain(busyState()));
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  });

  it('are what repositories are kept as that have no room open', async () => {
    const options = { directory, log: keepingLog(), clock, cacheBytes: 500_000 };
    const ids = Array.from({ length: 30 }, (_, index) => index + 1);
    const store = await openLowdbStore(options);
    for (const id of ids) await store.apply(id, { profile: profile(id), runs: [run(1)] });
    for (const id of ids) await store.apply(id, { runs: [run(2)] });
    const runsOf = async (from: typeof store): Promise<readonly (number | undefined)[]> =>
      Promise.all(ids.map(async (id) => (await from.load(id))?.runs.length));
    expect(await runsOf(store)).toEqual(ids.map(() => 2));
    await store.close();
    const again = await openLowdbStore(options);
    expect(await runsOf(again)).toEqual(ids.map(() => 2));
    await again.close();
    expect(options.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('stay folded while checkpoints of them are written', async () => {
    const foldedStates = new FoldedStates(join(directory, 'scratch'), keepingLog());
    const shelf = new Shelf({
      foldedStates,
      directory: join(directory, 'repositories'),
      roomBytes: 1_000_000,
      openBytes: { least: 0, most: 0 },
      log: keepingLog(),
      clock,
      onReading: () => undefined,
      mend: async () => undefined,
      beforeWriting: async () => undefined,
      onCrowded: async () => undefined,
    });
    await shelf.take(7, (shelved) => {
      shelved.state = busyState();
      shelf.touch(shelved);
    });
    expect(shelf.peek(7)?.isOpen).toBe(false);
    await shelf.writeDirty();
    expect(shelf.peek(7)).toMatchObject({ isOpen: false, isEmpty: false, dirtySince: null });
    expect(await shelf.take(7, ({ state }) => plain(state))).toEqual(plain(busyState()));
    foldedStates.close();
  });

  it('are listed, also those that come and go while the list is made', async () => {
    const options = { directory, log: keepingLog(), clock };
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    const first = await openLowdbStore(options);
    for (const id of ids) await first.apply(id, { profile: profile(id) });
    await first.close();
    const store = await openLowdbStore({ ...options, cacheBytes: 100_000 });
    let isListed = false;
    const comeAndGo = async (): Promise<void> => {
      for (let turn = 0; !isListed; turn += 1) await store.load(1 + ((turn * 7) % ids.length));
    };
    const listing = store.profiles().finally(() => {
      isListed = true;
    });
    const [listed] = await Promise.all([listing, comeAndGo(), comeAndGo()]);
    expect(listed.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(ids);
    await store.close();
  });
});
