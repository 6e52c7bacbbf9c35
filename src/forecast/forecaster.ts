import { z } from 'zod';
import { consultExperts, Experts, newExperts, teachExperts } from './experts.ts';
import {
  confidenceOf,
  DURATION_INTERVAL,
  Interval,
  newInterval,
  spreadAround,
  teachInterval,
} from './interval.ts';
import { type MixSettings, Mixture, mix, newMixture, settle } from './mixture.ts';
import type { Quantiles } from './types.ts';

/** One strategy's view of one series: its weights of the experts and its own record of errors. */
export const View = z.object({ mixture: Mixture, interval: Interval });
export type View = z.infer<typeof View>;

/** What other repositories' errors are like. */
export interface ErrorPrior {
  readonly scale: number;
  readonly residuals: readonly number[];
}

/** A view that has seen nothing. */
export function newView(prior?: ErrorPrior): View {
  return { mixture: newMixture(), interval: newInterval(prior) };
}

/** Forecaster of one series of log values: shared experts and the default strategy's view of them. */
export const Forecaster = z.object({ version: z.literal(1), experts: Experts, view: View });
export type Forecaster = z.infer<typeof Forecaster>;

export function newForecaster(prior?: ErrorPrior): Forecaster {
  return { version: 1, experts: newExperts(), view: newView(prior) };
}

/**
 * Nested quantiles (log units) of the next value, which starts at `at` (epoch ms), in one strategy's view;
 * `null` while the series has no value.
 */
export function forecastValue(
  experts: Experts,
  view: View,
  settings: MixSettings,
  at: number,
): Quantiles | null {
  if (experts.count === 0) return null;
  const predictions = consultExperts(experts, at);
  return spreadAround(
    view.interval,
    DURATION_INTERVAL,
    mix(view.mixture, settings, predictions),
    experts.recent,
  );
}

/** P(|error| ≤ 25 %) of a view's next forecast. */
export function confidence(view: View): number {
  return confidenceOf(view.interval);
}

/** Lets one view learn from a value; to be called for every view before `teachExperts`. */
export function teachView(
  experts: Experts,
  view: View,
  settings: MixSettings,
  value: number,
  at: number,
): Quantiles | null {
  if (experts.count === 0) return null;
  const predictions = consultExperts(experts, at);
  const mixed = mix(view.mixture, settings, predictions);
  const forecast = spreadAround(view.interval, DURATION_INTERVAL, mixed, experts.recent);
  settle(view.mixture, settings, predictions, mixed, value);
  teachInterval(view.interval, DURATION_INTERVAL, forecast, value);
  return forecast;
}

/** Learns a value (log units) that started at `at` in place; returns what had been forecast for it. */
export function teach(
  forecaster: Forecaster,
  settings: MixSettings,
  value: number,
  at: number,
): Quantiles | null {
  const forecast = teachView(forecaster.experts, forecaster.view, settings, value, at);
  teachExperts(forecaster.experts, value, at);
  return forecast;
}
