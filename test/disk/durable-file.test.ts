import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DurableFile } from '../../src/disk/json-document.ts';

/** What was asked of the disk, in order: `sync PATH`, `rename FROM TO`. */
const asked = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (importOriginal) => {
  const disk = await importOriginal<typeof import('node:fs/promises')>();
  return {
    ...disk,
    async open(path: string, flags: string) {
      const handle = await disk.open(path, flags);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        asked.push(`sync ${path}`);
      };
      return handle;
    },
    async rename(from: string, to: string) {
      await disk.rename(from, to);
      asked.push(`rename ${from} ${to}`);
    },
  };
});

const Document = z.object({ text: z.string() });

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-durable-'));
  asked.length = 0;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function documentFile(assertHeld: () => void = () => undefined) {
  return new DurableFile(join(directory, 'document.json'), Document, { epoch: 3, assertHeld });
}

describe('a durable document', () => {
  it('has its text on the disk before it gets its name, and the name on the disk before a write ends', async () => {
    const file = documentFile();
    await file.write({ text: 'first' });
    const temporary = `${file.path}.3.tmp`;
    expect(asked).toEqual([`sync ${temporary}`, `rename ${temporary} ${file.path}`, `sync ${directory}`]);
  });

  it('keeps the generation before when it is written again, and syncs the directory after both names', async () => {
    const file = documentFile();
    await file.write({ text: 'first' });
    asked.length = 0;
    await file.write({ text: 'second' });
    const names = asked.map((one) => one.replaceAll(`${directory}/`, ''));
    expect(names).toEqual([
      'sync document.json.3.tmp',
      'rename document.json.previous.3.tmp document.json.previous',
      'rename document.json.3.tmp document.json',
      `sync ${directory}`,
    ]);
    expect(await file.previous.read()).toEqual({ text: 'first' });
    expect(await file.read()).toEqual({ text: 'second' });
  });

  it('is checked against its schema, unless it names the epoch of who reads it', async () => {
    const positioned = z.object({ text: z.string(), position: z.object({ epoch: z.number() }) });
    const opened = (epoch: number) =>
      new DurableFile<object>(join(directory, 'document.json'), positioned, {
        epoch,
        assertHeld: () => undefined,
      });
    await opened(3).write({ text: 1, position: { epoch: 3 } });
    expect(await opened(3).read()).toEqual({ text: 1, position: { epoch: 3 } });
    await expect(opened(4).read()).rejects.toThrow('This file is not what was written.');
  });

  it('keeps a generation before also where a write was broken off between its names', async () => {
    const file = documentFile();
    await file.write({ text: 'first' });
    await writeFile(`${file.path}.previous.3.tmp`, 'left over');
    await file.write({ text: 'second' });
    expect(await file.previous.read()).toEqual({ text: 'first' });
  });

  it('gets no name when the directory is no longer held after the text was synced', async () => {
    const file = documentFile(() => {
      throw new Error('overtaken');
    });
    await expect(file.write({ text: 'late' })).rejects.toThrow('overtaken');
    expect(asked).toEqual([`sync ${file.path}.3.tmp`]);
    expect(await file.read()).toBeNull();
  });
});
