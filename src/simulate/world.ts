export interface SimulatedJob {
  /** Places of the jobs it waits for. */
  readonly needs: readonly number[];
  /** Number of instances that run side by side (a matrix). */
  readonly width: number;
  /** Name of its runners; jobs of one name share a limit. */
  readonly runners: string;
  /** USD a minute of one of them. */
  readonly pricePerMinute: number;
  /**
   * Shares of the run's duration that it works and, before that, waits without taking a runner, as learned; where a job
   * has none, all share the run by the graph alone.
   */
  readonly share?: { readonly work: number; readonly wait: number };
}

/** One schedule as the simulator sees it. */
export interface SimulatedSchedule {
  readonly key: string;
  readonly cron: string;
  readonly timezone: string;
  readonly jobs: readonly SimulatedJob[];
  /** Minute of the local day by which it shall be done; `null` where there is no `finish-by`. */
  readonly finishByMinute: number | null;
  /** Minute of the local day before which it shall not start; missing where there is no `not-before`. */
  readonly notBeforeMinute?: number;
  /** Minutes by which the plan has moved it: its ticks keep the `finish-by` that they had before. */
  readonly shiftMinutes?: number;
  /** Runs of one group wait for each other; `null` where there is none. */
  readonly concurrencyGroup: string | null;
}

export interface TickOutcome {
  /** Minutes from the tick to the run; `null` where it is dropped. */
  readonly lateMinutes: number | null;
  /** Whether it is merged into the run of the next tick, if that is due before this one's run is created. */
  readonly merges: boolean;
  /** Seconds from the run's creation to its end, as they are learned: the usual waits for runners count. */
  readonly seconds: number;
  readonly fails: boolean;
}

/** What the simulator is given of the world. Equal arguments must give equal results. */
export interface World {
  /** Outcome of the `ordinal`th tick (epoch ms) of the schedule at `place` of the list. */
  outcomeOf(place: number, tick: number, ordinal: number): TickOutcome;
  /** Most jobs at once by name of the runners; no limit for those that are not named. */
  readonly jobLimits: Readonly<Record<string, number>>;
  /** Jobs of no schedule. */
  readonly others: readonly OtherJob[];
}

export interface OtherJob {
  /** Epoch ms. */
  readonly at: number;
  readonly seconds: number;
  readonly runners: string;
  /** True for a job of another repository: it takes a runner and is not measured. */
  readonly elsewhere: boolean;
}
