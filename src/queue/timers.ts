/** Work that is due by the clock and not by a delivery. Doing it twice does no more than once. */
export interface TimedTask {
  /** Short, lower case, the same over restarts. */
  readonly name: string;
  readonly every: 'hour' | 'day';
  run(): Promise<void>;
}

/** Runs timed tasks, once for all processes that share the data. A task that came due while none ran is run once. */
export interface Timers {
  /** Starts no more tasks; resolves when the running one has ended. */
  stop(): Promise<void>;
}
