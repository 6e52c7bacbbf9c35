import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Journal, openJournal } from '../../src/disk/journal.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-journal-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

/** Each record ends its segment. */
async function journalOf(records: number) {
  const journal = await openJournal({ directory, segmentBytes: 1 });
  for (let number = 1; number <= records; number += 1) await journal.append(`"${number}"`);
  return journal;
}

async function bodiesAfter(journal: Journal, sequence: number): Promise<readonly string[]> {
  const bodies: string[] = [];
  await journal.walk(sequence, ({ body }) => {
    bodies.push(body);
  });
  return bodies;
}

/** Sequences of the records visited; `meanwhile` is done at each of them. */
async function walkDoing(journal: Journal, meanwhile: () => Promise<unknown>): Promise<readonly number[]> {
  const visited: number[] = [];
  await journal.walk(0, async ({ sequence }) => {
    visited.push(sequence);
    await meanwhile();
  });
  return visited;
}

describe('a journal', () => {
  it('drops segments and keeps what comes after them, the newest in any case', async () => {
    const journal = await journalOf(4);
    await journal.dropThrough(2);
    expect(journal.segments.map(({ firstSequence }) => firstSequence)).toEqual([3, 4]);
    await journal.dropThrough(9);
    expect(await bodiesAfter(journal, 0)).toEqual(['"4"']);
    expect(await readdir(directory)).toHaveLength(1);
    await journal.close();
  });

  it('takes records while files are removed, and is closed only when they are gone', async () => {
    const journal = await journalOf(4);
    const dropped = journal.dropThrough(3);
    const appended = journal.append('"5"');
    await journal.close();
    expect(await readdir(directory)).toHaveLength(2);
    expect(await appended).toBe(5);
    await dropped;
    const again = await openJournal({ directory });
    expect(await bodiesAfter(again, 0)).toEqual(['"4"', '"5"']);
    await again.close();
  });

  it('keeps a segment that cannot be removed, and drops it another time', async () => {
    const journal = await journalOf(3);
    const [first] = journal.segments;
    if (first === undefined) throw new Error('There is no segment.');
    await rm(first.path);
    // A directory is no file that could be removed.
    await mkdir(first.path);
    await expect(journal.dropThrough(2)).rejects.toThrow();
    expect(journal.segments.map(({ firstSequence }) => firstSequence)).toEqual([1, 2, 3]);
    await rm(first.path, { recursive: true });
    await journal.dropThrough(2);
    expect(await readdir(directory)).toHaveLength(1);
    await journal.close();
  });

  it('is walked record by record from any place, also where records are longer than what is read at once', async () => {
    const journal = await openJournal({ directory, segmentBytes: 2_000_000 });
    const bodies = Array.from({ length: 9 }, (_, index) => JSON.stringify('ü€'.repeat(index * 40_000)));
    for (const body of bodies) await journal.append(body);
    expect(journal.segments.length).toBeGreaterThan(1);
    expect(await bodiesAfter(journal, 0)).toEqual(bodies);
    expect(await bodiesAfter(journal, 7)).toEqual(bodies.slice(7));
    expect(await bodiesAfter(journal, 9)).toEqual([]);
    await journal.close();
  });

  it('takes records from whoever walks it; they are not among those visited', async () => {
    const journal = await journalOf(2);
    expect(await walkDoing(journal, () => journal.append('"more"'))).toEqual([1, 2]);
    expect(await bodiesAfter(journal, 2)).toEqual(['"more"', '"more"']);
    await journal.close();
  });

  it('passes over segments that are dropped while it is walked', async () => {
    const journal = await journalOf(4);
    expect(await walkDoing(journal, () => journal.dropThrough(3))).toEqual([1, 4]);
    await journal.close();
  });

  it('counts damaged lines and leaves the torn end of a segment out', async () => {
    const journal = await openJournal({ directory });
    await journal.append('"1"');
    await journal.append('"2"');
    await journal.close();
    const [segment] = journal.segments;
    if (segment === undefined) throw new Error('There is no segment.');
    const text = await readFile(segment.path, 'utf8');
    await writeFile(segment.path, `${text.replace('"body":"1"', '"body":"7"')}{"seq":3,"crc"`);
    const again = await openJournal({ directory });
    const visited: string[] = [];
    expect(await again.walk(0, ({ body }) => void visited.push(body))).toBe(1);
    expect(visited).toEqual(['"2"']);
    expect(await again.append('"3"')).toBe(3);
    await again.close();
  });

  it('says so when a segment that is still needed cannot be read', async () => {
    const journal = await journalOf(2);
    const [first] = journal.segments;
    if (first === undefined) throw new Error('There is no segment.');
    await rm(first.path);
    await expect(bodiesAfter(journal, 0)).rejects.toThrow(first.path);
    await journal.close();
  });
});
