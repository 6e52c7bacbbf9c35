import { AsyncLocalStorage } from 'node:async_hooks';
import type { KeyedMutex } from '../keyed-mutex.ts';
import type { Context } from '../usecases/context.ts';

/** What an accepted delivery carries beside its payload. */
export interface Delivery {
  /** Dated by the moment of acceptance, with the delivery's log and the store that the job may change. */
  readonly context: Context;
  /** Gives an event of an installation each of its repositories to itself. */
  readonly lockRepository: KeyedMutex;
}

const current = new AsyncLocalStorage<Delivery>();

/** The delivery whose event is being handled; `undefined` where Probot received the event by itself. */
export function currentDelivery(): Delivery | undefined {
  return current.getStore();
}

/** Runs `work`, and everything it awaits, with this delivery as the current one. */
export function withDelivery<T>(delivery: Delivery, work: () => Promise<T>): Promise<T> {
  return current.run(delivery, work);
}
