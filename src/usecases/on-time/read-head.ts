import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import type { RunDispatcher } from '../ports.ts';

/** Where the clock is in doubt after this many answers, more of them would not help. */
const MOST_ANSWERS = 3;

/** Git's hash of a file at the head of the default branch. Asks again while GitHub's clock is in doubt. */
export async function readHead(
  dispatcher: Pick<RunDispatcher, 'blobSha' | 'clockReadings'>,
  path: string,
): Promise<string | null> {
  let head = await dispatcher.blobSha(path);
  for (let answers = 1; answers < MOST_ANSWERS && isClockInDoubt(dispatcher.clockReadings()); answers += 1) {
    head = await dispatcher.blobSha(path);
  }
  return head;
}
