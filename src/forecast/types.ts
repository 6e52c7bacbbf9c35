/** What the forecasts answer, as plain data for worker threads, records and pages. */

/** Quantiles of a positive quantity, nested: q05 ≤ q25 ≤ q50 ≤ q75 ≤ q95. */
export interface Quantiles {
  readonly q05: number;
  readonly q25: number;
  readonly q50: number;
  readonly q75: number;
  readonly q95: number;
}

export interface DurationForecast {
  readonly seconds: Quantiles;
  /** P(|error| ≤ 25 %), from the residuals this forecaster has seen. */
  readonly confidence: number;
  /** Runs behind it. */
  readonly observations: number;
  /** Which experts carry it and how much data there is, for people. */
  readonly why: string;
  /** How days and hours differ, in sentences; missing where nothing is known of it. */
  readonly patterns?: readonly string[];
}

export interface LatenessForecast {
  /** Minutes from the tick to the run's `created_at`. */
  readonly minutes: Quantiles;
  /** Probability that the tick leaves no run at all. */
  readonly dropProbability: number;
  /** Observations of this repository or installation behind it; 0 is the shipped prior alone. */
  readonly observations: number;
}

export interface SuccessForecast {
  readonly probability: number;
  readonly observations: number;
}

/** Everything the planner needs to know of one schedule: 24 entries each, by UTC hour of the tick. */
export interface ScheduleForecast {
  readonly duration: DurationForecast;
  readonly lateness: readonly LatenessForecast[];
  readonly success: readonly SuccessForecast[];
}
