import type { Octokit } from '@octokit/rest';
import type { ClockReading } from '../on-time/clock-skew.ts';
import { headersOf } from './classify-answer.ts';
import { statusOf } from './client.ts';

/** As many as tell a clock that is wrong from one slow answer. */
const KEPT = 9;
/** By less than this the machine's clock is only adjusted. */
const SET_FROM_MS = 10_000;
/** An answer of a gateway before GitHub may carry the gateway's date. */
const GITHUBS_OWN_BELOW = 500;

/** GitHub's time as its newest answers tell it. Several repositories see one GitHub. */
export interface ClockReadings {
  /** Has every answer to a client read. Called first, it sees requests as they are sent, without waits before them. */
  watch(hook: Octokit['hook']): void;
  /** The newest answers since the machine's clock was set; `null` where none has come since then. */
  newest(): readonly ClockReading[] | null;
}

/**
 * Compares GitHub's `Date` with the machine's time, `now`. By `monotonic`, ms of a clock that nobody sets, it is seen
 * that the machine's clock was: earlier answers then tell nothing of it.
 */
export function createClockReadings(
  now: () => number = Date.now,
  monotonic: () => number = () => performance.now(),
): ClockReadings {
  let newest: ClockReading[] = [];
  let apartMs = now() - monotonic();
  let isSet = false;

  const lookAtClock = (): void => {
    const apart = now() - monotonic();
    if (Math.abs(apart - apartMs) > SET_FROM_MS) {
      newest = [];
      isSet = true;
    }
    apartMs = apart;
  };

  const add = (date: unknown, sentAt: number): void => {
    const read = typeof date === 'string' ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(read)) return;
    isSet = false;
    newest = [...newest, { date: read, sentAt, receivedAt: now() }].slice(-KEPT);
  };

  return {
    watch(hook) {
      hook.wrap('request', async (request, options) => {
        lookAtClock();
        const sentAt = now();
        const sentBy = monotonic();
        const read = ({ date }: Readonly<Record<string, unknown>>): void => {
          lookAtClock();
          // It was set while the answer was on its way.
          if (Math.abs(now() - sentAt - (monotonic() - sentBy)) <= SET_FROM_MS) add(date, sentAt);
        };
        try {
          const answer = await request(options);
          read(answer.headers);
          return answer;
        } catch (error) {
          if ((statusOf(error) ?? GITHUBS_OWN_BELOW) < GITHUBS_OWN_BELOW) read(headersOf(error));
          throw error;
        }
      });
    },
    newest() {
      lookAtClock();
      return isSet ? null : newest;
    },
  };
}
