import { writeSync } from 'node:fs';
import { job } from '../queue/contract.ts';
import { openAll } from './open-all.ts';

/**
 * Accepts deliveries from the number in `argv[3]` on, many at a time, and writes each number out once it has been
 * accepted; never ends by itself.
 */
const [, , directory = '', from = '0'] = process.argv;
const IN_FLIGHT = 20;
const REPOSITORIES = 7;

const { queue } = await openAll(directory);
let next = Number(from);

async function acceptForever(): Promise<void> {
  for (;;) {
    const id = next;
    next += 1;
    await queue.accept(job(id, 1 + (id % REPOSITORIES)));
    writeSync(1, `${id}\n`);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, acceptForever));
