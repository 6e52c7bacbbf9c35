/** Work that is due by the clock and not by a delivery. Doing it twice does no more than once. */
export interface TimedTask {
  /** Short, lower case, the same over restarts. */
  readonly name: string;
  readonly every: 'hour' | 'day';
  run(): Promise<void>;
}

/**
 * Has timed work done, once for all processes that share the data; what came due while nobody ran is made up for once.
 */
export interface Timers {
  /** Begins nothing any more; resolves when what is under way is done. */
  stop(): Promise<void>;
}
