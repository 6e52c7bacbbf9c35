import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Env } from '../../src/env.ts';
import { bundledProcess } from '../bundled-process.ts';
import type { ServeAnswer, ServeOrder } from './serve-process.ts';

const SERVE_PROCESS = join(import.meta.dirname, 'serve-process.ts');

/** The App in a process of its own, which may die at any moment. */
export class KillableApp {
  readonly #env: Env;
  readonly #accepts: boolean;
  readonly #waitsByClock: boolean;
  #process: ChildProcess | undefined;
  #url = '';
  #asked = 0;
  /** Counts the starts. */
  life = 0;

  /**
   * With `accepts: false` it works on what another process of the same store accepts. With `waitsByClock` it waits for
   * nothing but its clock to be put on.
   */
  constructor(
    env: Env,
    {
      accepts = true,
      waitsByClock = false,
    }: { readonly accepts?: boolean; readonly waitsByClock?: boolean } = {},
  ) {
    this.#waitsByClock = waitsByClock;
    this.#env = env;
    this.#accepts = accepts;
  }

  /** Where webhooks go. */
  get url(): string {
    return `${this.#url}/api/github/webhooks`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get exitCode(): number | null {
    return this.#process?.exitCode ?? null;
  }

  get lives(): boolean {
    return (
      this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** `trueNow` is the real time, where the machine's clock is wrong. */
  async start(now: number, trueNow = now): Promise<void> {
    this.life += 1;
    this.#process = fork(await bundledProcess(SERVE_PROCESS), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#url =
      (await this.#ask({
        kind: 'start',
        env: this.#env,
        now,
        trueNow,
        accepts: this.#accepts,
        waitsByClock: this.#waitsByClock,
      })) ?? '';
    // It works on what was left over while it starts, so a kill may come before it listens.
    const wasKilled = this.#process.signalCode === 'SIGKILL';
    if (this.#url === '' && !wasKilled) throw new Error('The App did not start.');
  }

  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  /** Stands still in the middle of whatever it does, until `resume`. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Resolves when a killed process is gone. */
  async gone(): Promise<void> {
    if (this.lives && this.#process !== undefined) await once(this.#process, 'exit');
  }

  /** False where the App has died of it. */
  async setClock(now: number, trueNow = now): Promise<boolean> {
    return (await this.#ask({ kind: 'clock', now, trueNow })) !== undefined;
  }

  /** Waits for what starts workflows on time; false where the App has died of it. */
  async ticksIdle(): Promise<boolean> {
    return (await this.#ask({ kind: 'ticks' })) !== undefined;
  }

  async idle(): Promise<boolean> {
    return (await this.#ask({ kind: 'idle' })) !== undefined;
  }

  /** As `idle`; returns when it wants to go on, epoch ms, where its waits end by its clock. */
  async idleUntil(): Promise<number> {
    const until = await this.#ask({ kind: 'idle' });
    return until === undefined || until === '' ? Number.POSITIVE_INFINITY : Number(until);
  }

  async stop(): Promise<void> {
    await this.#ask({ kind: 'stop' });
    await this.gone();
  }

  /** The answer; `undefined` where the process ends before it comes. */
  #ask(question: Question): Promise<string | undefined> {
    const child = this.#process;
    if (child === undefined || !this.lives) return Promise.resolve(undefined);
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve) => {
      const end = (text: string | undefined): void => {
        child.off('exit', onExit).off('message', onMessage);
        resolve(text);
      };
      const onExit = (): void => end(undefined);
      const onMessage = (message: unknown): void => {
        const answer = message as ServeAnswer;
        if (answer.number === number) end(answer.text);
      };
      child.on('exit', onExit).on('message', onMessage);
      child.send({ ...question, number }, (error) => {
        if (error !== null) end(undefined);
      });
    });
  }
}

type Question = ServeOrder extends infer Order
  ? Order extends ServeOrder
    ? Omit<Order, 'number'>
    : never
  : never;
