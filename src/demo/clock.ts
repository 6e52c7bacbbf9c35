import type { Clock } from '../clock.ts';

/** A clock that stands still until it is set; the replay sets it to each event's time. */
export interface SettableClock extends Clock {
  /** Epoch milliseconds; an earlier time than the present one is ignored, as clocks do not run backwards. */
  set(time: number): void;
}

export function settableClock(start: number): SettableClock {
  let time = start;
  return {
    now: () => time,
    set(next) {
      time = Math.max(time, next);
    },
  };
}

/** Time by which the App waits between requests to an emulated GitHub: a wait takes it to its end at once. */
export function leapingTime(): { now(): number; wait(ms: number): Promise<void> } {
  let ahead = 0;
  const now = () => performance.now() + ahead;
  return {
    now,
    async wait(ms) {
      const end = now() + ms;
      // Who waits for an earlier moment comes first.
      await new Promise((resolve) => setImmediate(resolve));
      ahead += Math.max(0, end - now());
    },
  };
}
