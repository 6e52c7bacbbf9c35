import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, systemWaits, type Waits } from '../../src/clock.ts';
import type { GuardTime } from '../../src/github/guard.ts';

/** What the dispatcher and the emulated GitHub of the bench live by. */
export interface BenchTime extends Clock, Waits, GuardTime {
  readonly wait: (ms: number) => Promise<unknown>;
}

/** The machine's own time, which is `offsetMs` ahead of it: processes of one bench share a date. */
export function shiftedTime(offsetMs: number): BenchTime {
  return { now: () => Date.now() + offsetMs, wait: (ms) => sleep(ms), ...systemWaits };
}
