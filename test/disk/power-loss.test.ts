import { existsSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openJournal } from '../../src/disk/journal.ts';
import { claimEpoch } from '../../src/disk/journal-segment.ts';
import { replacePrivateFile } from '../../src/disk/private.ts';
import { emptyRepository } from '../../src/store/kept-repository.ts';
import { DOCUMENT_NAMES } from '../../src/store/lowdb/documents.ts';
import { RepositoryFiles } from '../../src/store/lowdb/repository-files.ts';
import { openOperatorAuditFile } from '../../src/store/operator-audit-file.ts';
import { clock, profile } from '../store/sample.ts';

/** What a power loss would take now: names whose directory was not synced since, and files with unsynced text. */
const atRisk = vi.hoisted(() => ({ names: new Set<string>(), texts: new Set<string>() }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const disk = await importOriginal<typeof import('node:fs/promises')>();
  const writes = ['write', 'writeFile', 'appendFile', 'truncate'] as const;
  const syncs = ['sync', 'datasync'] as const;
  const synced = (path: string): void => {
    atRisk.texts.delete(path);
    for (const name of atRisk.names) if (dirname(name) === path) atRisk.names.delete(name);
  };
  const moved = (from: string, to: string): void => {
    atRisk.names.delete(from);
    atRisk.names.add(to);
    if (atRisk.texts.delete(from)) atRisk.texts.add(to);
  };
  return {
    ...disk,
    async open(path: string, ...how: readonly [string?, number?]): Promise<FileHandle> {
      if (!existsSync(path)) atRisk.names.add(path);
      const handle = await disk.open(path, ...how);
      const noting =
        (method: (...given: never[]) => Promise<unknown>, note: (path: string) => void) =>
        async (...given: never[]): Promise<unknown> => {
          const result = await method.apply(handle, given);
          note(path);
          return result;
        };
      for (const name of writes) {
        Object.assign(handle, { [name]: noting(handle[name], () => atRisk.texts.add(path)) });
      }
      for (const name of syncs) Object.assign(handle, { [name]: noting(handle[name], synced) });
      return handle;
    },
    async mkdir(path: string, options: object): Promise<string | undefined> {
      const made = await disk.mkdir(path, { ...options, recursive: true });
      if (made === undefined) return made;
      for (let name = path; name.length >= made.length; name = dirname(name)) atRisk.names.add(name);
      return made;
    },
    async rename(from: string, to: string): Promise<void> {
      await disk.rename(from, to);
      moved(from, to);
    },
    async link(from: string, to: string): Promise<void> {
      await disk.link(from, to);
      atRisk.names.add(to);
    },
    async rm(path: string, options: object): Promise<void> {
      await disk.rm(path, options);
      atRisk.names.delete(path);
    },
  };
});

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-power-loss-'));
  atRisk.names.clear();
  atRisk.texts.clear();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Paths below the directory of the test that a power loss would take now. */
function losses(): readonly string[] {
  return [...atRisk.names, ...atRisk.texts].map((path) => relative(directory, path)).sort();
}

describe('nothing is lost when the power fails', () => {
  it('after an epoch was claimed, with the directories above the claim', async () => {
    expect(await claimEpoch(join(directory, 'data', 'journal'))).toBe(1);
    expect(losses()).toEqual([]);
  });

  it('after a journal was opened and after each of its records, also in a new segment', async () => {
    const where = join(directory, 'data', 'journal');
    const epoch = await claimEpoch(where);
    const isHeld = (): boolean => true;
    const options = { directory: where, epoch, isHeld, onLost: () => undefined, segmentBytes: 60 };
    const journal = await openJournal(options);
    expect(losses()).toEqual([]);
    for (let record = 1; record <= 4; record += 1) {
      await journal.append(`"${record}"`);
      expect(losses()).toEqual([]);
    }
    expect(journal.segments.length).toBeGreaterThan(1);
    await journal.close();
  });

  it('after the first documents of a repository were written, and after the next', async () => {
    const writer = { epoch: 1, assertHeld: () => undefined };
    const files = new RepositoryFiles(join(directory, 'repositories', '7'), writer);
    const state = emptyRepository(profile(7), clock.now());
    for (const sequence of [1, 2]) {
      await files.write(state, DOCUMENT_NAMES, { epoch: 1, sequence });
      expect(losses()).toEqual([]);
    }
  });

  it('after a small file was replaced, and after an action of an operator was noted', async () => {
    await replacePrivateFile(join(directory, 'deployment.json'), '{}');
    expect(losses()).toEqual([]);
    const audit = openOperatorAuditFile(join(directory, 'made', 'for', 'it'));
    await audit.note({ at: clock.now(), action: 'stop', by: null, why: 'An incident.' });
    expect(losses()).toEqual([]);
  });
});
