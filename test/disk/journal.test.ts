import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/disk/journal.ts';

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

describe('a journal', () => {
  it('drops segments and keeps what comes after them, the newest in any case', async () => {
    const journal = await journalOf(4);
    await journal.dropThrough(2);
    expect(journal.segments.map(({ firstSequence }) => firstSequence)).toEqual([3, 4]);
    await journal.dropThrough(9);
    expect((await journal.readAfter(0)).records.map(({ sequence }) => sequence)).toEqual([4]);
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
    expect((await again.readAfter(0)).records.map(({ body }) => body)).toEqual(['"4"', '"5"']);
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
});
