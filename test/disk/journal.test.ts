import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, type JournalSurvey, openJournal } from '../../src/disk/journal.ts';
import type { JournalPosition } from '../../src/disk/journal-position.ts';
import { claimEpoch } from '../../src/disk/journal-segment.ts';
import { sampledRuns } from '../sampled.ts';

let directory: string;
const open: Journal[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-journal-'));
});

afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
  await rm(directory, { recursive: true, force: true });
});

/** Opens the journal as the next holder of the directory. `isHeld` answers for the lock. */
async function openNext({
  segmentBytes = 1,
  isHeld = () => true,
  onLost = () => undefined,
}: {
  readonly segmentBytes?: number;
  readonly isHeld?: () => boolean;
  readonly onLost?: () => void;
} = {}): Promise<Journal> {
  const epoch = await claimEpoch(directory);
  const journal = await openJournal({ directory, epoch, isHeld, onLost, segmentBytes });
  open.push(journal);
  return journal;
}

/** Each record ends its segment. */
async function journalOf(records: number): Promise<Journal> {
  const journal = await openNext();
  for (let number = 1; number <= records; number += 1) await journal.append(`"${number}"`);
  return journal;
}

interface Walked extends JournalSurvey {
  readonly bodies: readonly string[];
  readonly positions: readonly JournalPosition[];
}

async function walk(journal: Journal): Promise<Walked> {
  const bodies: string[] = [];
  const positions: JournalPosition[] = [];
  const survey = await journal.walk(({ body, position }) => {
    bodies.push(body);
    positions.push(position);
  });
  return { ...survey, bodies, positions };
}

const pathsOf = (journal: Journal): readonly string[] => journal.segments.map(({ path }) => path);

describe('a journal', () => {
  it('gives back what was appended, in order, also where records are longer than what is read at once', async () => {
    const journal = await openNext({ segmentBytes: 2_000_000 });
    const bodies = Array.from({ length: 9 }, (_, index) => JSON.stringify('ü€'.repeat(index * 40_000)));
    await Promise.all(bodies.map((body) => journal.append(body)));
    expect((await walk(journal)).bodies).toEqual(bodies);
    expect(journal.last).toEqual({ epoch: 1, sequence: 9 });
  });

  it('drops segments before a sequence and keeps the newest in any case', async () => {
    const journal = await journalOf(4);
    await journal.dropBefore(3);
    expect((await walk(journal)).bodies).toEqual(['"3"', '"4"']);
    await journal.dropBefore(9);
    expect((await walk(journal)).bodies).toEqual(['"4"']);
  });

  it('takes records from whoever walks it; they are not among those visited', async () => {
    const journal = await journalOf(2);
    const visited: number[] = [];
    await journal.walk(async ({ position }) => {
      visited.push(position.sequence);
      await journal.append('"more"');
    });
    expect(visited).toEqual([1, 2]);
    expect((await walk(journal)).bodies).toEqual(['"1"', '"2"', '"more"', '"more"']);
  });

  it('counts sequences on from one epoch to the next', async () => {
    await (await journalOf(2)).close();
    const second = await openNext();
    expect(await second.append('"3"')).toEqual({ epoch: 2, sequence: 3 });
    const { positions, gaps } = await walk(second);
    expect(positions).toEqual([
      { epoch: 1, sequence: 1 },
      { epoch: 1, sequence: 2 },
      { epoch: 2, sequence: 3 },
    ]);
    expect(gaps).toEqual([]);
  });

  it('leaves the torn end of an epoch out without calling it damage', async () => {
    const first = await openNext({ segmentBytes: 10_000 });
    for (const body of ['"1"', '"2"']) await first.append(body);
    await first.close();
    const [path = ''] = pathsOf(first);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.slice(0, -5));
    const second = await openNext();
    await second.append('"3"');
    expect(await walk(second)).toMatchObject({ bodies: ['"1"', '"3"'], gaps: [], lateRecords: 0 });
    expect(await second.damage()).toEqual([]);
  });

  it.each([
    ['changed', (text: string) => text.replace('"body":"2"', '"body":"7"')],
    ['cut out', (text: string) => text.split('\n').toSpliced(1, 1).join('\n')],
    ['changed at the very end', (text: string) => text.replace('"body":"4"', '"body":"7"')],
  ])('names records in the middle that are %s, and sets the file aside', async (_how, damage) => {
    const first = await openNext({ segmentBytes: 10_000 });
    for (const number of [1, 2, 3, 4]) await first.append(`"${number}"`);
    await first.close();
    const [path = ''] = pathsOf(first);
    await writeFile(path, damage(await readFile(path, 'utf8')));
    const second = await openNext();
    expect(await second.append('"5"')).toEqual({ epoch: 2, sequence: 5 });
    const { bodies, gaps } = await walk(second);
    expect(bodies).toHaveLength(4);
    expect(gaps).toHaveLength(1);
    expect(await second.damage()).toEqual([expect.stringContaining(`${basename(path)}.damaged`)]);
    // The copy outlives the segment, and goes when somebody removes it.
    await second.dropBefore(5);
    expect(await second.damage()).toHaveLength(1);
    await rm(`${path}.damaged`);
    expect(await second.damage()).toEqual([]);
  });

  it('says so when a segment that is still needed cannot be read', async () => {
    const journal = await journalOf(2);
    const [first = ''] = pathsOf(journal);
    await rm(first);
    await expect(walk(journal)).rejects.toThrow(first);
  });
});

describe('a journal whose directory was taken by another', () => {
  it('acknowledges nothing from then on, and what it wrote does not count', async () => {
    let held = true;
    let lost = 0;
    const first = await openNext({
      segmentBytes: 10_000,
      isHeld: () => held,
      onLost: () => (lost += 1),
    });
    await first.append('"1"');
    held = false;
    const second = await openNext();
    await second.append('"2"');
    for (const body of ['"late"', '"later"']) {
      await expect(first.append(body)).rejects.toMatchObject({ code: 'store-locked' });
    }
    expect(lost).toBe(1);
    await first.close();
    await second.close();
    const third = await openNext();
    expect(await walk(third)).toMatchObject({ bodies: ['"1"', '"2"'], gaps: [], lateRecords: 1 });
  });

  it('does not begin an epoch where the directory was taken before it could look', async () => {
    await (await journalOf(1)).close();
    await expect(openNext({ isHeld: () => false })).rejects.toMatchObject({ code: 'store-locked' });
    const next = await openNext();
    expect((await walk(next)).bodies).toEqual(['"1"']);
    expect(next.epoch).toBe(3);
  });

  it('counts what it wrote before the next holder read on, even where nobody was told', async () => {
    let held = true;
    const first = await openNext({ segmentBytes: 10_000, isHeld: () => held });
    await first.append('"1"');
    held = false;
    await expect(first.append('"2"')).rejects.toMatchObject({ code: 'store-locked' });
    const second = await openNext();
    expect(await second.append('"3"')).toEqual({ epoch: 2, sequence: 3 });
    await first.close();
    expect(await walk(second)).toMatchObject({ bodies: ['"1"', '"2"', '"3"'], lateRecords: 0 });
  });

  it('never gives an epoch twice', async () => {
    const epochs = await Promise.all(Array.from({ length: 8 }, () => claimEpoch(directory)));
    expect(new Set(epochs).size).toBe(8);
  });
});

/** Records in two epochs; each segment holds several. */
const RECORDS = 12;

describe('a journal on a damaged disk', () => {
  const written = fc.record({
    perEpoch: fc.integer({ min: 1, max: RECORDS }),
    segmentBytes: fc.constantFrom(50, 120, 300, 1_000),
    file: fc.nat(),
    place: fc.nat(),
    bit: fc.integer({ min: 0, max: 7 }),
  });

  /** Writes the records and does something to one byte of one segment; returns which record stood there. */
  async function afterDamage(
    {
      perEpoch,
      segmentBytes,
      file,
      place,
    }: { perEpoch: number; segmentBytes: number; file: number; place: number },
    damage: (bytes: Buffer, at: number) => Buffer,
  ): Promise<{
    readonly before: readonly string[];
    readonly walked: Walked;
    readonly isNewest: boolean;
    readonly looksTorn: boolean;
  }> {
    await rm(directory, { recursive: true, force: true });
    const bodies = Array.from({ length: RECORDS }, (_, index) => `"record-${index}"`);
    for (const part of [bodies.slice(0, perEpoch), bodies.slice(perEpoch)]) {
      const journal = await openNext({ segmentBytes });
      for (const body of part) await journal.append(body);
      await journal.close();
    }
    const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson')).sort();
    const full: { readonly path: string; readonly bytes: Buffer }[] = [];
    for (const name of names) {
      const path = join(directory, name);
      const bytes = await readFile(path);
      if (bytes.length > 0) full.push({ path, bytes });
    }
    const chosen = full[file % full.length];
    if (chosen === undefined) throw new Error('There is no segment.');
    const { path, bytes } = chosen;
    const at = place % bytes.length;
    await writeFile(path, damage(bytes, at));
    const lineBegin = bytes.subarray(0, at).lastIndexOf('\n') + 1;
    const firstHit = bodies.findIndex((body) => bytes.indexOf(body, lineBegin) !== -1);
    const journal = await openNext({ segmentBytes });
    const walked = await walk(journal);
    await journal.append('"next"');
    expect((await walk(journal)).bodies.at(-1)).toBe('"next"');
    return {
      before: bodies.slice(0, firstHit),
      walked,
      isNewest: basename(path) === names.at(-1),
      looksTorn: at === bytes.length - 1,
    };
  }

  it('keeps every record but those that a cut has taken, and names a gap where more had been read', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (given) => {
        const { before, walked, isNewest } = await afterDamage(given, (bytes, at) => bytes.subarray(0, at));
        expect(walked.bodies.slice(0, before.length)).toEqual(before);
        const isMissed = walked.bodies.length < RECORDS && !isNewest;
        expect(walked.gaps).toHaveLength(isMissed ? 1 : 0);
      }),
      sampledRuns(30, 10),
    );
  });

  it('loses at most the two records that a changed bit touches, and names them', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (given) => {
        const { walked, isNewest, looksTorn } = await afterDamage(given, (bytes, at) => {
          bytes[at] = (bytes[at] ?? 0) ^ (1 << given.bit);
          return bytes;
        });
        const missing = RECORDS - walked.bodies.length;
        expect(missing).toBeGreaterThan(0);
        expect(missing).toBeLessThanOrEqual(2);
        // Without its line break the newest record is one that nobody was told of.
        expect(walked.gaps).toHaveLength(isNewest && looksTorn ? 0 : 1);
      }),
      sampledRuns(30, 10),
    );
  });
});
