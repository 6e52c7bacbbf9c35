import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import type { RunDispatcher } from '../ports.ts';

/** Of three answers two tell the same time, as far as any do. */
const MOST_ANSWERS = 3;

/** Git's hash of a file at the head of the default branch, asked for until it is not in doubt what time it is. */
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
