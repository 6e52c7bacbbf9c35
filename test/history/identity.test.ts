import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followEntries, hasSameTicks, type PlacedEntry } from '../../src/history/identity.ts';
import { findRenames } from '../../src/history/renames.ts';
import { scheduleVersion } from '../../src/usecases/learning/schedule-version.ts';
import { NIGHTLY } from './sample-run.ts';

const WEEKLY = '.github/workflows/weekly.yml';
const RENAMED = '.github/workflows/at-night.yml';

interface Line {
  readonly cron: string;
  readonly timezone: string;
  readonly quote: '"' | "'" | '';
  readonly comment: string;
}

const line = (cron: string, over: Partial<Line> = {}): Line => ({
  cron,
  timezone: 'UTC',
  quote: '"',
  comment: '',
  ...over,
});

function textOf(lines: readonly Line[], name = 'Nightly'): string {
  const entries = lines.flatMap(({ cron, timezone, quote, comment }) => [
    ...(comment === '' ? [] : [`    # ${comment}`]),
    `    - cron: ${quote}${cron}${quote}`,
    ...(timezone === 'UTC' ? [] : [`      timezone: ${timezone}`]),
  ]);
  const job = ['jobs:', '  build:', '    runs-on: ubuntu-latest', '    steps:', '      - run: make'];
  return [`name: ${name}`, 'on:', '  push:', '  schedule:', ...entries, ...job, ''].join('\n');
}

function entriesOf(files: Readonly<Record<string, readonly Line[]>>): readonly PlacedEntry[] {
  const sources = Object.entries(files).map(([path, lines]) => ({ path, text: textOf(lines) }));
  return scheduleVersion({ sha: 'a', files: sources }, 0).entries;
}

/** New key by old key. */
function keysAfter(
  before: readonly Line[],
  after: readonly Line[],
  hints: Parameters<typeof followEntries<PlacedEntry>>[2] = {},
): Readonly<Record<string, string | null>> {
  const followed = followEntries(entriesOf({ [NIGHTLY]: before }), entriesOf({ [NIGHTLY]: after }), hints);
  const short = (key: string): string => key.slice(key.indexOf('#'));
  return Object.fromEntries(
    followed.map(({ was, is }) => [short(was.key), is === null ? null : short(is.key)]),
  );
}

const A = line('0 2 * * *');
const B = line('0 14 * * 1');
const C = line('30 5 1 * *');

describe('a file that was renamed and edited', () => {
  const textWith = (changed: number): string =>
    Array.from({ length: 10 }, (_, at) => (at < changed ? `new ${at}` : `line ${at}`)).join('\n');
  it.each([
    ['is found by seven of ten equal lines', 3, [{ from: NIGHTLY, to: RENAMED }]],
    ['is another file where fewer are equal', 4, []],
  ])('%s', (_, changed, renames) => {
    const before = [{ path: NIGHTLY, text: textWith(0) }];
    expect(findRenames(before, [{ path: RENAMED, text: textWith(changed) }])).toEqual(renames);
  });
});

describe('an entry of a workflow file', () => {
  it.each([
    ['stays where nothing changed', [A, B], [A, B], { '#0': '#0', '#1': '#1' }],
    ['is followed where another is put before it', [A, B], [C, A, B], { '#0': '#1', '#1': '#2' }],
    [
      'is followed where one before it was removed',
      [A, B, C],
      [B, C],
      { '#0': null, '#1': '#0', '#2': '#1' },
    ],
    ['is followed through another order', [A, B, C], [C, A, B], { '#0': '#1', '#1': '#2', '#2': '#0' }],
    [
      'is followed with other quotes',
      [A, B],
      [
        { ...B, quote: "'" },
        { ...A, comment: 'x' },
      ],
      { '#0': '#1', '#1': '#0' },
    ],
    ['stays where its cron is edited', [A, B], [line('45 3 * * *'), B], { '#0': '#0', '#1': '#1' }],
    ['stays where its timezone is edited', [A], [{ ...A, timezone: 'Asia/Tokyo' }], { '#0': '#0' }],
    [
      'is told by its likeness, edited and in another order',
      [A, B],
      [line('0 15 * * 1'), A],
      { '#0': '#1', '#1': '#0' },
    ],
    [
      'is told by its likeness rather than by a place that another has taken',
      [A, B],
      [line('7 7 * * 0'), B, line('10 2 * * *')],
      { '#0': '#2', '#1': '#1' },
    ],
    [
      'is told by the place among the others',
      [A, B, C],
      [B, line('9 9 9 9 *')],
      { '#0': null, '#1': '#0', '#2': '#1' },
    ],
    [
      'is gone where a different one stands elsewhere',
      [A, B],
      [B, line('1 1 1 1 *')],
      { '#0': null, '#1': '#0' },
    ],
    ['is one of two that are equal', [A, A, B], [A, B], { '#0': '#0', '#1': null, '#2': '#1' }],
  ] satisfies [string, Line[], Line[], object][])('%s', (_, before, after, expected) => {
    expect(keysAfter(before, after)).toEqual(expected);
  });

  it('stays where a proposal gives it the cron that another had', () => {
    const moves = [
      { key: `${NIGHTLY}#0`, from: A.cron, to: B.cron },
      { key: `${NIGHTLY}#1`, from: B.cron, to: A.cron },
    ];
    expect(keysAfter([A, B], [B, A], { moves })).toEqual({ '#0': '#0', '#1': '#1' });
    expect(keysAfter([A, B], [B, A])).toEqual({ '#0': '#1', '#1': '#0' });
  });

  it('is the same again when it is put back', () => {
    const gone = [{ ...A, key: `${NIGHTLY}#0@abc`, path: NIGHTLY }];
    const [, back] = followEntries(entriesOf({ [NIGHTLY]: [B] }), entriesOf({ [NIGHTLY]: [A, B] }), { gone });
    expect(back).toMatchObject({ was: { key: `${NIGHTLY}#0@abc` }, is: { key: `${NIGHTLY}#0` } });
  });

  it('does not follow its cron into another file', () => {
    const followed = followEntries(entriesOf({ [NIGHTLY]: [A] }), entriesOf({ [WEEKLY]: [A] }));
    expect(followed.map(({ is }) => is)).toEqual([null]);
  });
});

describe('over random edits of two files', () => {
  const anyLine = fc.record({
    cron: fc
      .tuple(
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom('*', '1', '1-5'),
      )
      .map(([minute, hour, day]) => `${minute} ${hour} * * ${day}`),
    timezone: fc.constantFrom('UTC', 'UTC', 'Asia/Tokyo'),
    quote: fc.constantFrom('"' as const, "'" as const),
    comment: fc.constantFrom('', 'At night'),
  });
  const place = fc.nat(7);
  const edit = fc.oneof(
    fc.tuple(fc.constant('add' as const), place, anyLine),
    fc.tuple(fc.constant('remove' as const), place, anyLine),
    fc.tuple(fc.constant('reorder' as const), place, anyLine),
    fc.tuple(fc.constant('requote' as const), place, anyLine),
    fc.tuple(fc.constant('recron' as const), place, anyLine),
  );
  const apply = (
    lines: readonly Line[],
    [kind, at, other]: readonly [string, number, Line],
  ): readonly Line[] => {
    const spot = at % (lines.length + 1);
    const [rest, own] = [lines.toSpliced(spot, 1), lines[spot]];
    if (kind === 'add') return lines.toSpliced(spot, 0, other);
    if (own === undefined) return lines;
    if (kind === 'remove') return rest;
    if (kind === 'reorder') return [...rest, own];
    if (kind === 'requote') return lines.with(spot, { ...own, quote: other.quote, comment: other.comment });
    return lines.with(spot, { ...own, cron: other.cron });
  };
  const file = fc.array(anyLine, { minLength: 1, maxLength: 6 });
  const edits = fc.array(edit, { maxLength: 5 });

  it('no two schedules become one, and an unchanged cron keeps its history', () => {
    fc.assert(
      fc.property(file, file, edits, edits, fc.boolean(), (one, two, editsOne, editsTwo, isRenamed) => {
        const renames = isRenamed ? [{ from: NIGHTLY, to: RENAMED }] : [];
        const before = entriesOf({ [NIGHTLY]: one, [WEEKLY]: two });
        const after = entriesOf({
          [isRenamed ? RENAMED : NIGHTLY]: editsOne.reduce(apply, one),
          [WEEKLY]: editsTwo.reduce(apply, two),
        });
        const pathNow = (path: string) => (isRenamed && path === NIGHTLY ? RENAMED : path);
        const followed = followEntries(before, after, { renames });
        expect(followed.map(({ was }) => was)).toEqual(before);
        const found = followed.flatMap(({ is }) => (is === null ? [] : [is]));
        expect(new Set(found).size).toBe(found.length);
        for (const { was, is } of followed) {
          if (is !== null) expect(is.path).toBe(pathNow(was.path));
          const twins = (entries: readonly PlacedEntry[], path: string) =>
            entries.filter((entry) => entry.path === path && hasSameTicks(entry, was)).length;
          // Of equal entries as many are followed as there are left.
          if (twins(after, pathNow(was.path)) >= twins(before, was.path)) {
            expect(is).toMatchObject({ cron: was.cron, timezone: was.timezone });
          }
        }
      }),
    );
  });
});

describe('a renamed file', () => {
  const file = (path: string, text: string) => ({ path, text });

  it('is the one with equal, else nearly equal text', () => {
    const before = [file(NIGHTLY, textOf([A, B])), file(WEEKLY, textOf([C], 'Weekly'))];
    const after = [file(WEEKLY, textOf([C], 'Weekly')), file(RENAMED, textOf([A, B], 'At night'))];
    expect(findRenames(before, after)).toEqual([{ from: NIGHTLY, to: RENAMED }]);
  });

  it('is none where the old path stands or the text is another', () => {
    const before = [file(NIGHTLY, textOf([A, B]))];
    expect(findRenames(before, [...before, file(RENAMED, textOf([A, B]))])).toEqual([]);
    expect(findRenames(before, [file(RENAMED, 'name: Other\non: push\njobs: {}\n')])).toEqual([]);
  });

  it('goes with the likest of several, each once', () => {
    const before = [file(NIGHTLY, textOf([A])), file(WEEKLY, textOf([A, B, C]))];
    const after = [file('b.yml', textOf([A, B, C])), file('a.yml', textOf([A]))];
    expect(findRenames(before, after)).toEqual([
      { from: NIGHTLY, to: 'a.yml' },
      { from: WEEKLY, to: 'b.yml' },
    ]);
  });
});
