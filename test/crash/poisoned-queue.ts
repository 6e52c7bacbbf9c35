import { appendFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { openDataDirectory } from '../../src/disk/data-directory.ts';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import { job } from '../queue/contract.ts';

/**
 * A queue in the directory `argv[2]` that one of its deliveries kills: the process, not the handler. Gives a delivery
 * up after `argv[3]` such ends. Keeps a line of every try in `tries`, and ends in peace, its dead letters on its
 * output, once everything is settled.
 */
const [, , directory = '', most = '1'] = process.argv;
const DELIVERIES = 8;
const POISON = 'delivery-5';

const log = { debug() {}, info() {}, warn() {}, error() {} };
const triesFile = join(directory, 'tries');
const isFirstLife = !existsSync(triesFile);

const data = await openDataDirectory({ directory, log });
const queue = await createInProcessQueue({
  data,
  async handle({ deliveryId, attempt }) {
    appendFileSync(triesFile, `${deliveryId} ${attempt}\n`);
    if (deliveryId === POISON) process.kill(process.pid, 'SIGKILL');
  },
  log,
  clock: { now: () => 0 },
  random: () => 0.5,
  maxAttempts: Number(most),
});
if (isFirstLife) {
  await Promise.all(Array.from({ length: DELIVERIES }, (_, index) => queue.accept(job(index, index))));
}
await queue.idle();
console.log(JSON.stringify(await queue.deadLetters()));
await queue.drain();
await data.close();
