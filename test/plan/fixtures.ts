import { candidatesOf } from '../../src/cron/candidates.ts';
import { parseCron } from '../../src/cron/parse.ts';
import type { Quantiles, ScheduleForecast } from '../../src/forecast/types.ts';
import type { PlanInput, PlannedSchedule, PlanSettings } from '../../src/plan/input.ts';

/** A Monday. */
export const NOW = Date.UTC(2026, 8, 7);
export const DAY_MS = 86_400_000;

/** Quantiles of a log-normal quantity with this median; `spread` is the 95 % point over the median. */
export function around(median: number, spread = 1.5): Quantiles {
  const root = spread ** (0.674 / 1.645);
  return { q05: median / spread, q25: median / root, q50: median, q75: median * root, q95: median * spread };
}

export interface Wished {
  readonly minutes?: number;
  /** Median minutes late by UTC hour. */
  readonly late?: (hour: number) => number;
  readonly observations?: number;
  readonly success?: (hour: number) => number;
}

export function forecastOf(wished: Wished = {}): ScheduleForecast {
  const { minutes = 20, late = () => 10, observations = 60, success = () => 0.95 } = wished;
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return {
    duration: { seconds: around(minutes * 60, 1.3), confidence: 0.8, observations, why: 'made up' },
    lateness: hours.map((hour) => ({ minutes: around(late(hour)), dropProbability: 0, observations })),
    success: hours.map((hour) => ({ probability: success(hour), observations })),
  };
}

/** A schedule named after `name`, movable as its cron allows, in UTC unless said otherwise. */
export function scheduleOf(
  name: string,
  cron: string,
  more: Partial<PlannedSchedule> & Wished = {},
): PlannedSchedule {
  const { minutes: _m, late: _l, observations: _o, success: _s, ...fields } = more;
  const timezone = fields.timezone ?? 'UTC';
  return {
    key: `${name}#0`,
    path: name,
    index: 0,
    workflowName: name,
    cron,
    timezone,
    refusal: null,
    candidates: candidatesOf(parseCron(cron), timezone),
    forecast: forecastOf(more),
    width: 1,
    finishByMinute: null,
    movedAt: null,
    runsSeen: 60,
    ...fields,
  };
}

export function inputOf(
  schedules: readonly PlannedSchedule[],
  settings: Partial<PlanSettings> = {},
): PlanInput {
  return {
    now: NOW,
    schedules,
    background: Array.from({ length: 2016 }, () => 0),
    settings: {
      weights: { overlap: 1, lateness: 1, failure: 1, finishBy: 4, shift: 0.1, edit: 0.1 },
      maxChangeShare: 1,
      dwellDays: 14,
      minGain: 0.1,
      exploration: 0,
      ...settings,
    },
  };
}
