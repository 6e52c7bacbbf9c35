import type { Clock } from '../clock.ts';
import { createOnTimeDispatcher, type OnTimeDispatcher } from '../usecases/on-time/dispatcher.ts';
import type { OnTimeWork } from '../usecases/on-time/work.ts';

/** A clock may be set meanwhile: nobody sleeps longer. */
const LONGEST_SLEEP_MS = 30_000;

/** The dispatcher of one process, woken by the clock. */
export interface OnTimeLoop extends Pick<OnTimeDispatcher, 'note' | 'idle'> {
  /** Begins to serve ticks; what came due meanwhile is caught up with. */
  begin(): void;
  stop(): Promise<void>;
}

/** Wakes a dispatcher whenever something is due, until it is stopped. */
export function createOnTimeLoop(work: OnTimeWork, clock: Clock): OnTimeLoop {
  let timer: NodeJS.Timeout | undefined;
  let sleepsUntil = Number.POSITIVE_INFINITY;
  let isRunning = false;
  const dispatcher = createOnTimeDispatcher(work, () => clock.now(), sleepUntil);

  function sleepUntil(at: number): void {
    if (!isRunning || at >= sleepsUntil) return;
    clearTimeout(timer);
    sleepsUntil = at;
    timer = setTimeout(wake, Math.min(Math.max(0, at - clock.now()), LONGEST_SLEEP_MS));
    timer.unref();
  }

  function wake(): void {
    sleepsUntil = Number.POSITIVE_INFINITY;
    dispatcher.wake();
  }

  return {
    note: dispatcher.note,
    idle: dispatcher.idle,
    begin() {
      isRunning = true;
      wake();
    },
    async stop() {
      isRunning = false;
      clearTimeout(timer);
      await dispatcher.stop();
    },
  };
}
