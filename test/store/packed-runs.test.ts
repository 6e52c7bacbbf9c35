import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { compareRuns, findRun } from '../../src/history/run-history.ts';
import { PackedRuns } from '../../src/store/packed-runs.ts';
import { run } from './sample.ts';

/** Enough for several packed chunks. */
const MANY = 1_000;

const someRun = fc
  .record({
    id: fc.integer({ min: 1, max: MANY }),
    attempt: fc.integer({ min: 1, max: 3 }),
    conclusion: fc.constantFrom('success' as const, 'failure' as const, null),
    headBranch: fc.option(fc.string()),
    durationSeconds: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  })
  .map(({ id, ...more }) => run(id, more));

const batches = fc.array(fc.array(someRun, { maxLength: 300 }), { maxLength: 8 });

function byList(batchesOfRuns: readonly (readonly Run[])[]): readonly Run[] {
  const known = new Map<string, Run>();
  for (const each of batchesOfRuns.flat()) known.set(`${each.id}/${each.attempt}`, each);
  return [...known.values()].sort(compareRuns);
}

describe('packed runs', () => {
  it('are what a sorted list of the same changes is', () => {
    fc.assert(
      fc.property(
        batches,
        fc.integer({ min: -MANY, max: MANY }),
        fc.integer({ min: -MANY, max: MANY }),
        (all, from, to) => {
          const list = byList(all);
          const packed = all.reduce((history, each) => history.with(each), PackedRuns.empty);
          expect(packed.length).toBe(list.length);
          expect([...packed]).toEqual(list);
          expect(packed.slice(from, to)).toEqual(list.slice(from, to));
          expect(packed.at(from)).toEqual(list.at(from));
          const wanted = { id: Math.abs(from), attempt: 1 + (Math.abs(to) % 3) };
          expect(findRun(packed, wanted)).toEqual(list.find((each) => compareRuns(each, wanted) === 0));
          const again = PackedRuns.fromDocument(JSON.parse(JSON.stringify(packed.toDocument())));
          expect([...again]).toEqual(list);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('give up the oldest of each file, spare some, and keep the rest', () => {
    const file = (id: number) => ({ path: `.github/workflows/${['a', 'b', 'b', 'b'][id % 4]}.yml` });
    const isSpared = ({ id }: Run) => id % 7 === 0;
    fc.assert(
      fc.property(batches, fc.nat({ max: 300 }), fc.nat({ max: 300 }), fc.boolean(), (all, a, b, spares) => {
        const list = byList(all.map((batch) => batch.map((each) => ({ ...each, ...file(each.id) }))));
        const left = new Map([
          [file(0).path, a],
          [file(1).path, b],
        ]);
        const taken = list.filter((each) => {
          const more = left.get(each.path) ?? 0;
          if (more === 0 || (spares && isSpared(each))) return false;
          left.set(each.path, more - 1);
          return true;
        });
        const counts = new Map([
          [file(0).path, a],
          [file(1).path, b],
        ]);
        const packed = PackedRuns.of(list);
        const { oldest, rest } = packed.withoutOldest(counts, spares ? isSpared : undefined);
        expect(oldest).toEqual(taken);
        expect([...rest]).toEqual(list.filter((each) => !taken.includes(each)));
        expect([...packed]).toEqual(list);
        const byFile = Object.fromEntries(
          Object.entries(Object.groupBy([...rest], ({ path }) => path)).map(([path, runs = []]) => [
            path,
            runs.length,
          ]),
        );
        expect(Object.fromEntries(rest.byFile())).toEqual(byFile);
        const most = Math.max(0, ...Object.values(byFile));
        expect([rest.hasMoreOfOneThan(most), rest.hasMoreOfOneThan(most - 1)]).toEqual([
          false,
          most > 0 || rest.length > 0,
        ]);
      }),
      { numRuns: 60 },
    );
  });

  it('know how many of each file they hold, however they have grown', () => {
    const files = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.tuple(someRun, files), { maxLength: 200 }), { maxLength: 6 }),
        (all) => {
          let packed = PackedRuns.empty;
          for (const batch of all) {
            packed = packed.with(batch.map(([each, path]) => ({ ...each, path })));
            // Asked after every change, as a store does: what is remembered must not go stale.
            packed.hasMoreOfOneThan(5);
            const counted = Map.groupBy([...packed], ({ path }) => path);
            expect(Object.fromEntries(packed.byFile())).toEqual(
              Object.fromEntries([...counted].map(([path, runs]) => [path, runs.length])),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('do not fall into crumbs where one file of many goes', () => {
    const runs = Array.from({ length: 6_400 }, (_, id) => run(id, { path: id % 64 === 0 ? 'rare' : 'busy' }));
    const { rest } = PackedRuns.of(runs).withoutOldest(new Map([['busy', 6_300]]));
    expect(rest.length).toBe(100);
    expect(rest.toDocument().chunks.length).toBeLessThan(5);
  });

  it('are read as an earlier version has written them, without the number of each file', () => {
    const runs = Array.from({ length: 400 }, (_, id) => run(id));
    const { chunks, newest } = PackedRuns.of(runs).toDocument();
    const old = PackedRuns.fromDocument({ chunks: chunks.map(({ files: _, ...chunk }) => chunk), newest });
    expect([...old.byFile().values()]).toEqual([400]);
  });

  it('take an older history in, page by page, without one chunk growing', () => {
    const history = Array.from({ length: 20 }, (_, page) =>
      Array.from({ length: 100 }, (__, index) => run(10_000 - 100 * page - index)),
    ).reduce(
      (packed, page) => packed.with(page),
      PackedRuns.of(Array.from({ length: 600 }, (_, id) => run(20_000 + id))),
    );
    expect(history.length).toBe(2_600);
    expect(Math.max(...history.toDocument().chunks.map(({ count }) => count))).toBeLessThanOrEqual(256);
  });

  it('leave a history that was handed out as it was', () => {
    const before = PackedRuns.of(Array.from({ length: 700 }, (_, id) => run(id)));
    const seen = [...before];
    before.with([run(3, { conclusion: 'failure' }), run(699, { conclusion: 'failure' }), run(900)]);
    expect([...before]).toEqual(seen);
  });

  it('take a tenth of the room that open ones take', () => {
    const packed = PackedRuns.of(Array.from({ length: 10_000 }, (_, id) => run(id)));
    expect(packed.bytes).toBeLessThan(0.1 * 560 * packed.length);
  });

  it('say that they are damaged instead of giving half', () => {
    const { chunks, newest } = PackedRuns.of(Array.from({ length: 600 }, (_, id) => run(id))).toDocument();
    const torn = chunks.map((chunk) => ({ ...chunk, packed: chunk.packed.slice(0, 40) }));
    expect(() => [...PackedRuns.fromDocument({ chunks: torn, newest })]).toThrowError(
      expect.objectContaining({ code: 'store-damaged' }),
    );
  });
});
