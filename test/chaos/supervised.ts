import { setTimeout as sleep } from 'node:timers/promises';
import type { Env } from '../../src/env.ts';
import { KillableApp } from '../crash/killable-app.ts';

const START_AGAIN_AFTER_MS = 100;

/** A process of the App that is started again whenever it ends, as systemd or a container's supervisor would. */
export class Supervised {
  readonly #app: KillableApp;
  readonly #bury: () => Promise<void>;
  #watching: Promise<void> | undefined;
  #wanted = false;
  #now = 0;
  #trueNow = 0;
  #isUp = false;
  starts = 0;

  constructor(env: Env, options: { readonly accepts: boolean }, bury: () => Promise<void>) {
    this.#app = new KillableApp(env, options);
    this.#bury = bury;
  }

  get url(): string {
    return this.#app.url;
  }

  /** True while it is up: not before it has its store, and not once it has ended. */
  get isUp(): boolean {
    return this.#isUp && this.#app.lives;
  }

  async start(now: number): Promise<void> {
    this.#now = now;
    this.#trueNow = now;
    this.#wanted = true;
    await this.#startUntilItRuns();
    this.#watching = this.#watch();
  }

  /** Whether it comes up at the first try; it is not watched. */
  async tryToStart(now: number, trueNow = now): Promise<boolean> {
    try {
      await this.#app.start(now, trueNow);
      return true;
    } catch {
      return false;
    }
  }

  kill(): void {
    this.#app.kill();
  }

  async pause(forMs: number): Promise<void> {
    this.#app.pause();
    await sleep(forMs);
    this.#app.resume();
  }

  async setClock(now: number, trueNow: number): Promise<void> {
    this.#now = now;
    this.#trueNow = trueNow;
    await this.#app.setClock(now, trueNow);
  }

  /** True once nothing is under way that starts workflows; false where that takes too long, or it has ended. */
  ticksIdle(withinMs: number): Promise<boolean> {
    if (!this.isUp) return Promise.resolve(false);
    return Promise.race([this.#app.ticksIdle(), sleep(withinMs, false)]);
  }

  /** False where it is not up by then. */
  async comesUp(withinMs: number): Promise<boolean> {
    for (const end = performance.now() + withinMs; !this.isUp && performance.now() < end; ) {
      await sleep(START_AGAIN_AFTER_MS);
    }
    return this.isUp;
  }

  /** False where it has ended meanwhile. */
  async idle(): Promise<boolean> {
    if (this.#app.lives && (await this.#app.idle())) return true;
    await sleep(START_AGAIN_AFTER_MS);
    return false;
  }

  /** In peace: it finishes what it does. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#app.stop();
    await this.#watching;
  }

  async end(): Promise<void> {
    this.#wanted = false;
    this.#app.kill();
    await this.#app.gone();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    while (this.#wanted) {
      await this.#app.gone();
      this.#isUp = false;
      if (!this.#wanted) return;
      await this.#bury();
      await this.#startUntilItRuns();
    }
  }

  async #startUntilItRuns(): Promise<void> {
    while (this.#wanted) {
      this.starts += 1;
      if (await this.tryToStart(this.#now, this.#trueNow)) {
        this.#isUp = true;
        return;
      }
      await this.#app.gone();
      await sleep(START_AGAIN_AFTER_MS);
    }
  }
}
