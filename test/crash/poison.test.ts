import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { temporaryDirectory } from './replayed-life.ts';

const MOST_CRASHES = 3;

/** Lives until the end, whichever: what it said at a peaceful one, `null` where it was killed. */
async function live(directory: string): Promise<readonly unknown[] | null> {
  const program = join(import.meta.dirname, 'poisoned-queue.ts');
  const child = spawn(process.execPath, [program, directory, String(MOST_CRASHES)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  if (child.signalCode === 'SIGKILL') return null;
  expect(child.exitCode).toBe(0);
  return JSON.parse(said) as readonly unknown[];
}

it('gives up a delivery that crashes the process at every start, and no other delivery, on files', async () => {
  const directory = await temporaryDirectory();
  try {
    // The first start keeps no count: hardly any delivery is left over from an earlier one.
    for (let start = 0; start <= MOST_CRASHES; start += 1) expect(await live(directory.path)).toBeNull();
    const letters = [
      { deliveryId: 'delivery-5', reason: expect.stringContaining(`begun ${MOST_CRASHES} times`) },
    ];
    expect(await live(directory.path)).toMatchObject(letters);
    // It is not tried again.
    expect(await live(directory.path)).toMatchObject(letters);
    const tries = (await readFile(join(directory.path, 'tries'), 'utf8')).split('\n');
    expect(tries.filter((line) => line.startsWith('delivery-5'))).toEqual([
      'delivery-5 1',
      'delivery-5 1',
      'delivery-5 2',
      'delivery-5 3',
    ]);
    expect(tries.filter((line) => line.startsWith('delivery-7'))).toHaveLength(1);
  } finally {
    await directory.remove();
  }
});
