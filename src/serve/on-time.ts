import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, systemWaits, type Waits } from '../clock.ts';
import {
  createOnTimeDispatcher,
  LOOK_ROUND_MS,
  type OnTimeDispatcher,
} from '../usecases/on-time/dispatcher.ts';
import type { OnTimeWork } from '../usecases/on-time/work.ts';

/** The dispatcher of one process, woken by the clock. */
export interface OnTimeLoop extends Pick<OnTimeDispatcher, 'note' | 'idle'> {
  /** Starts to serve ticks, first the overdue ones. */
  begin(): void;
  stop(): Promise<void>;
}

/** Wakes a dispatcher when a tick is due, and every minute, as clocks are set and other processes stop. */
export function createOnTimeLoop(work: OnTimeWork, clock: Clock, waits: Waits = systemWaits): OnTimeLoop {
  let cancelSleep = (): void => undefined;
  let cancelRounds = (): void => undefined;
  let sleepsUntil = Number.POSITIVE_INFINITY;
  let isRunning = false;
  // `note` is called within a job, whose unit of work shows the repository as it was when the job began. Ticks must be
  // changed outside of it, in the context of this call.
  const apart = AsyncLocalStorage.snapshot();
  const dispatcher = createOnTimeDispatcher(work, () => clock.now(), sleepUntil);

  function sleepUntil(at: number): void {
    if (!isRunning || at >= sleepsUntil) return;
    cancelSleep();
    sleepsUntil = at;
    cancelSleep = waits.later(wake, Math.max(0, Math.min(at - clock.now(), LOOK_ROUND_MS)));
  }

  function wake(): void {
    cancelSleep();
    sleepsUntil = Number.POSITIVE_INFINITY;
    dispatcher.wake();
  }

  return {
    note: (repositoryId, run) => apart(() => dispatcher.note(repositoryId, run)),
    idle: dispatcher.idle,
    begin() {
      isRunning = true;
      cancelRounds = waits.every(async () => {
        wake();
        await dispatcher.idle();
      }, LOOK_ROUND_MS);
      wake();
    },
    async stop() {
      isRunning = false;
      cancelSleep();
      cancelRounds();
      await dispatcher.stop();
    },
  };
}
