/** One job of a simulated workflow. */
export interface SimulatedJob {
  /** Places of the jobs it waits for. */
  readonly needs: readonly number[];
  /** How many of it run side by side (a matrix). */
  readonly width: number;
  /** Name of its runners; jobs of one name share a limit. */
  readonly runners: string;
  /** USD a minute of one of them. */
  readonly pricePerMinute: number;
}

/** One schedule as the simulator sees it. */
export interface SimulatedSchedule {
  readonly key: string;
  readonly cron: string;
  readonly timezone: string;
  readonly jobs: readonly SimulatedJob[];
  /** Minute of the local day by which it shall be done; `null` where none is wished. */
  readonly finishByMinute: number | null;
  /** Runs of one group wait for each other; `null` where there is none. */
  readonly concurrencyGroup: string | null;
}

/** What becomes of one tick. */
export interface Happening {
  /** Minutes from the tick to the run; `null` where it leaves none. */
  readonly lateMinutes: number | null;
  /** Whether it is merged into the next tick's, should that be due before the run was made. */
  readonly merges: boolean;
  /** Seconds from the first job's start to the last one's end, if none had to wait for a runner. */
  readonly seconds: number;
  readonly fails: boolean;
}

/** What the simulator cannot know by itself. The same question must get the same answer. */
export interface World {
  /** The `ordinal`th tick (epoch ms) of the schedule at `place` of the list. */
  happen(place: number, tick: number, ordinal: number): Happening;
  /** Most jobs at once by name of the runners; those that are not named know no limit. */
  readonly jobLimits: Readonly<Record<string, number>>;
  /** Jobs that nobody scheduled. */
  readonly others: readonly OtherJob[];
}

export interface OtherJob {
  /** Epoch ms. */
  readonly at: number;
  readonly seconds: number;
  readonly runners: string;
  /** True for a job of another repository: it takes a runner, and is no part of what is measured. */
  readonly elsewhere: boolean;
}
