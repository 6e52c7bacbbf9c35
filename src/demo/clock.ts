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
