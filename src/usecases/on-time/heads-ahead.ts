import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { SECOND_MS } from '../../time.ts';
import { readHead } from './read-head.ts';
import type { Place } from './work.ts';

/** A head is read so long before its tick: most answers, and a new token, take less. */
export const HEAD_AHEAD_MS = 2 * SECOND_MS;
/** Until one write a second has sent the first of the line, what was read ahead is as good as read now. */
const GOOD_FOR_MS = HEAD_AHEAD_MS + SECOND_MS;

type Where = Pick<Place, 'repositoryId' | 'dispatcher' | 'now'>;

/** Heads of files that are read just before a tick, so that its request does not wait for an answer. */
export interface HeadsAhead {
  /** Never rejects. */
  read(place: Where, path: string): Promise<void>;
  /** What was read, once; `undefined` where nothing was, or where it may not count any more. */
  take(place: Where, path: string): string | null | undefined;
}

export function createHeadsAhead(): HeadsAhead {
  const heads = new Map<string, { readonly sha: string | null | undefined; readonly at: number }>();
  const keyOf = ({ repositoryId }: Where, path: string): string => `${repositoryId} ${path}`;
  return {
    async read(place, path) {
      const key = keyOf(place, path);
      const at = place.now();
      // Two visits may come at once.
      if (Math.abs(at - (heads.get(key)?.at ?? Number.NEGATIVE_INFINITY)) < HEAD_AHEAD_MS) return;
      heads.set(key, { sha: undefined, at });
      try {
        heads.set(key, { sha: await readHead(place.dispatcher, path), at });
      } catch {
        // It is read, and the failure reported, at the tick.
      }
    },
    take(place, path) {
      const key = keyOf(place, path);
      const head = heads.get(key);
      heads.delete(key);
      const age = place.now() - (head?.at ?? Number.NEGATIVE_INFINITY);
      // Where the machine's clock was set meanwhile, only another answer tells how old it is.
      const isGood = age >= 0 && age <= GOOD_FOR_MS && !isClockInDoubt(place.dispatcher.clockReadings());
      return isGood ? head?.sha : undefined;
    },
  };
}
