import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScratchFile, type ScratchPlace } from '../../src/disk/scratch-file.ts';

let directory: string;
let scratch: ScratchFile;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-scratch-'));
  scratch = new ScratchFile(join(directory, 'scratch'));
});

afterEach(async () => {
  scratch.close();
  await rm(directory, { recursive: true, force: true });
});

describe('a scratch file', () => {
  it('gives back what was put, whatever else comes and goes', () => {
    const step = fc.record({ size: fc.nat({ max: 70_000 }), removes: fc.option(fc.nat()) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const held: { place: ScratchPlace; bytes: Buffer }[] = [];
        for (const [index, { size, removes }] of steps.entries()) {
          const bytes = Buffer.alloc(size, `${index},`);
          held.push({ place: scratch.put(bytes), bytes });
          if (removes === null) continue;
          const [gone] = held.splice(removes % held.length, 1);
          if (gone !== undefined) scratch.remove(gone.place);
        }
        for (const { place, bytes } of held) expect(scratch.get(place).equals(bytes)).toBe(true);
        for (const { place } of held) scratch.remove(place);
      }),
      { numRuns: 30 },
    );
  });

  it('uses places again', () => {
    const place = scratch.put(Buffer.alloc(10_000));
    scratch.remove(place);
    expect(scratch.put(Buffer.alloc(12_000)).offset).toBe(place.offset);
    expect(scratch.put(Buffer.alloc(12_000)).offset).not.toBe(place.offset);
  });

  it('has no name: nothing of it is left, however the process ends', async () => {
    scratch.put(Buffer.from('something'));
    expect(await readdir(directory)).toEqual([]);
  });

  it('says so where something else lies there', () => {
    const place = scratch.put(Buffer.from('something'));
    scratch.remove(place);
    scratch.put(Buffer.from('SOMETHING'));
    expect(() => scratch.get(place)).toThrow('does not give back');
    expect(() => scratch.get({ ...place, offset: 1 << 30 })).toThrow('does not give back');
  });
});
