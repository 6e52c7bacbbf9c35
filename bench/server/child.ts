import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A program of the bench in a process of its own, asked over IPC, one question at a time. */
export class Child {
  readonly #process: ChildProcess;
  #turn: Promise<unknown> = Promise.resolve();

  /** `directory` is where the program lies: beside this file, unless it is that of another checkout. */
  constructor(
    program: string,
    flags: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    directory: string = import.meta.dirname,
  ) {
    this.#process = fork(join(directory, program), [], {
      execArgv: [...process.execArgv, ...flags],
      env: { ...process.env, ...env },
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends `question` and resolves with the answer. Rejects when the process ends first. */
  ask<Answer>(question: object | string): Promise<Answer> {
    const answered = this.#turn.then(() => this.#askNow<Answer>(question));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }

  #askNow<Answer>(question: object | string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void =>
        reject(new Error(`A process of the bench ended (${code}).`));
      this.#process.once('exit', onExit);
      this.#process.once('message', (answer) => {
        this.#process.off('exit', onExit);
        resolve(answer as Answer);
      });
      this.#process.send(question);
    });
  }
}
