import { flushCompileCache } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { leapingTime } from '../../src/demo/clock.ts';
import type { Env } from '../../src/env.ts';
import { type RunningServer, startServer } from '../../src/serve/start.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { SteppedWaits } from './stepped-waits.ts';

const ASK_AGAIN_AFTER_MS = 100;

/** What the parent asks for; each is answered with one message of the same number. */
export type ServeOrder = { readonly number: number } & (
  | {
      readonly kind: 'start';
      readonly env: Env;
      readonly now: number;
      readonly trueNow: number;
      readonly accepts: boolean;
      /** Waits end when the clock is put to their end, and at no other time. */
      readonly waitsByClock: boolean;
    }
  /** `trueNow` is the real time, where the machine's clock is wrong. */
  | { readonly kind: 'clock'; readonly now: number; readonly trueNow: number }
  /** Waits for nothing but what starts workflows on time. */
  | { readonly kind: 'ticks' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'stop' }
);

export interface ServeAnswer {
  readonly number: number;
  /** Of a start its address; of an idle process the time (epoch ms) for which it has put something off, if it has. */
  readonly text: string;
}

/** A clock that goes where it is put, backwards too: machines do that. */
let now = 0;
const clock = { now: () => now };
/** Nobody sets this one. */
let trueNow = 0;
const leaping = leapingTime();
const githubTime = { now: () => leaping.now() + trueNow, wait: leaping.wait };
/** Ticks come by the clock that the parent puts on; everything else waits by the machine's own time. */
const tickWaits = new SteppedWaits(() => now);
let simulated: SimulatedTime | undefined;
let server: RunningServer | undefined;
/** Resolves when the start that was ordered is done: before that nothing is idle, and nothing can be stopped. */
let started: Promise<void> = Promise.resolve();

/** Who cannot ask the database whether anything waits asks again. */
async function idleAtLast(): Promise<void> {
  for (;;) {
    try {
      return await server?.idle();
    } catch {
      await sleep(ASK_AGAIN_AFTER_MS);
    }
  }
}

async function start(order: Extract<ServeOrder, { kind: 'start' }>): Promise<void> {
  now = order.now;
  trueNow = order.trueNow;
  simulated = order.waitsByClock ? new SimulatedTime(now) : undefined;
  server = await startServer({
    env: order.env,
    clock: simulated ?? clock,
    githubTime: simulated ?? githubTime,
    ...(simulated === undefined ? { tickWaits, machineClock: clock } : { waits: simulated }),
    log: createLog({ level: 'silent' }),
    accepts: order.accepts,
  });
  // A process that is killed never comes to it.
  flushCompileCache();
}

async function answer(order: ServeOrder): Promise<string> {
  switch (order.kind) {
    case 'start':
      started = start(order);
      await started;
      return server?.url ?? '';
    case 'clock':
      now = order.now;
      trueNow = order.trueNow;
      tickWaits.fire();
      simulated?.set(now);
      simulated?.fireDue();
      await simulated?.fireRepeated();
      return '';
    case 'idle':
      await started;
      await idleAtLast();
      return String(simulated?.nextDue() ?? '');
    case 'ticks':
      await started;
      await server?.ticksIdle();
      return '';
    case 'stop':
      await started;
      await server?.stop();
      return '';
  }
}

// Nobody is left to ask for anything.
process.on('disconnect', () => process.exit());

// The whole App as `offbeat serve` runs it, with its clock in the hands of the parent.
process.on('message', (order: ServeOrder) => {
  void answer(order).then(
    (text) => {
      // The parent may be gone as well.
      if (!process.connected) return;
      process.send?.({ number: order.number, text } satisfies ServeAnswer);
      if (order.kind === 'stop') process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
