import { createFrontDoor } from '../../../src/http/webhook/front-door.ts';
import type { Job } from '../../../src/queue/queue.ts';
import { keepingLog } from '../../store/sample.ts';

/** Everything that is accepted waits, as it does while GitHub is away. */
const waiting: Job[] = [];
const door = createFrontDoor({
  secrets: [process.env.SECRET ?? ''],
  queue: {
    async accept(job) {
      waiting.push(job);
      return 'accepted';
    },
    reject: async () => undefined,
  },
  routes: [],
  log: keepingLog(),
  clock: { now: () => 0 },
});
process.send?.(await door.listen(0, '127.0.0.1'));
