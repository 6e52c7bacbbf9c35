import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { SECOND_MS } from '../../time.ts';
import type { RunDispatcher } from '../ports.ts';
import type { RepositoryAccess } from './work.ts';

/** How long before its tick a head is read: most answers, and a new token, take less time. */
export const HEAD_AHEAD_MS = 2 * SECOND_MS;
/** How long a head that was read ahead counts: until the first request of its queue, one second after the tick. */
const GOOD_FOR_MS = HEAD_AHEAD_MS + SECOND_MS;

type Where = Pick<RepositoryAccess, 'repositoryId' | 'dispatcher' | 'now'>;

/** Heads of files that are read just before a tick, so that its request does not wait for an answer. */
export function createHeadsAhead() {
  const heads = new Map<string, { readonly sha: string | null | undefined; readonly at: number }>();
  const keyOf = ({ repositoryId }: Where, path: string): string => `${repositoryId} ${path}`;
  return {
    /** Never rejects. */
    async read(access: Where, path: string): Promise<void> {
      const key = keyOf(access, path);
      const at = access.now();
      // Two visits may ask for it at once.
      if (Math.abs(at - (heads.get(key)?.at ?? Number.NEGATIVE_INFINITY)) < HEAD_AHEAD_MS) return;
      heads.set(key, { sha: undefined, at });
      try {
        heads.set(key, { sha: await readHead(access.dispatcher, path), at });
      } catch {
        // At the tick it is read again, and a failure is reported then.
      }
    },
    /** The head that was read, and forgets it; `undefined` where none was read, or where it is too old. */
    take(access: Where, path: string): string | null | undefined {
      const key = keyOf(access, path);
      const head = heads.get(key);
      heads.delete(key);
      const age = access.now() - (head?.at ?? Number.NEGATIVE_INFINITY);
      // Where the machine's clock was set meanwhile, the head's age is not known.
      const isGood = age >= 0 && age <= GOOD_FOR_MS && !isClockInDoubt(access.dispatcher.clockReadings());
      return isGood ? head?.sha : undefined;
    },
  };
}

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
