import { setImmediate as nextTurn } from 'node:timers/promises';
import { OffbeatError } from '../../errors.ts';
import { addTo } from './add-to.ts';
import { within } from './within.ts';

/** Operations that plan or play days: each may compute for as long as hundreds of deliveries take to be accepted. */
const COSTLY: ReadonlySet<string> = new Set(['batch', 'predict', 'simulate', 'optimize', 'evolve']);

/** Questions of one caller that run or wait. */
const MOST_OF_CALLER = 2;
/** Questions of all callers that run at one time, and that wait. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 32;
/** Deliveries that never cease must not keep a question waiting for ever. */
const LONGEST_BEHIND_ACCEPTS_MS = 5_000;
const RETRY_AFTER_MS = 5_000;

/** Counts the deliveries of one process that are on their way into the queue. */
export function countAccepts() {
  let underWay = 0;
  let over = Promise.withResolvers<void>();
  return {
    /** Runs what accepts a delivery. */
    async during<T>(accept: () => Promise<T>): Promise<T> {
      if (underWay === 0) over = Promise.withResolvers();
      underWay += 1;
      try {
        return await accept();
      } finally {
        underWay -= 1;
        if (underWay === 0) over.resolve();
      }
    },
    /** Resolves when no delivery is on its way, or after `mostMs`. */
    async untilNone(mostMs: number): Promise<void> {
      if (underWay > 0) await within(mostMs, over.promise);
    },
  };
}

export type Accepts = ReturnType<typeof countAccepts>;

/** Answers a caller's question; `name` is the operation. Throws `too-busy` where too much is asked. */
export type CostlyQuestions = <T>(name: string, caller: string, answer: () => Promise<T>) => Promise<T>;

/** Bounds costly questions by caller and in all; none starts while deliveries are coming into the queue. */
export function boundCostlyQuestions(accepts: Pick<Accepts, 'untilNone'>): CostlyQuestions {
  const ofCaller = new Map<string, number>();
  /** What wakes the questions that wait, the oldest first. */
  const waiting: (() => void)[] = [];
  let running = 0;

  /** Answers when there is a place, and while no delivery is on its way. */
  async function whenFree<T>(answer: () => Promise<T>): Promise<T> {
    if (running >= MOST_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await accepts.untilNone(LONGEST_BEHIND_ACCEPTS_MS);
      // The next turn of the event loop reads deliveries that have arrived meanwhile.
      await nextTurn();
      return await answer();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return async (name, caller, answer) => {
    if (!COSTLY.has(name)) return answer();
    if ((ofCaller.get(caller) ?? 0) >= MOST_OF_CALLER)
      throw busy('You have asked for as much as is computed for one caller at a time.');
    if (waiting.length >= MOST_WAITING) throw busy('More is asked for than can be computed at the moment.');
    addTo(ofCaller, caller, 1);
    try {
      return await whenFree(answer);
    } finally {
      addTo(ofCaller, caller, -1);
    }
  };
}

function busy(message: string): OffbeatError {
  return new OffbeatError('too-busy', message, {
    fix: 'Wait for the answers, and ask again.',
    retryAfterMs: RETRY_AFTER_MS,
  });
}
