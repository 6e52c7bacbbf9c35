import type { Clock, Waits } from '../clock.ts';

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

/** A clock that is set, and waits that end when it has been set past their end and somebody lets them. */
export interface ClockWithWaits extends SettableClock, Waits {
  /** Does what is due by now; false where nothing was. What is done may put off more. */
  letDue(): Promise<boolean>;
}

export function clockWithWaits(start: number): ClockWithWaits {
  const clock = settableClock(start);
  const waiting = new Set<{ readonly at: number; readonly act: () => void }>();
  const rounds = new Set<{ at: number; readonly ms: number; readonly act: () => Promise<void> }>();
  return {
    ...clock,
    later(act, ms) {
      const one = { at: clock.now() + ms, act };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    every(act, ms) {
      const round = { at: clock.now() + ms, ms, act };
      rounds.add(round);
      return () => rounds.delete(round);
    },
    async letDue() {
      const now = clock.now();
      const due = [...waiting].filter(({ at }) => at <= now).toSorted((one, other) => one.at - other.at);
      const again = [...rounds].filter(({ at }) => at <= now);
      for (const one of due) {
        waiting.delete(one);
        one.act();
      }
      for (const round of again) {
        round.at = now + round.ms;
        await round.act();
      }
      return due.length + again.length > 0;
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
