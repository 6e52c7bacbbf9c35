import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { Calendar, calendarShift, newCalendar, shifted, updateCalendar } from './calendar.ts';
import { consultExperts, Experts, newExperts, updateExperts } from './experts.ts';
import {
  confidenceOf,
  DURATION_INTERVAL,
  type ErrorPrior,
  Interval,
  newInterval,
  spreadAround,
  updateInterval,
} from './interval.ts';
import { ascendingOrder, type MixSettings, Mixture, mix, newMixture, updateMixture } from './mixture.ts';
import { sortNewest } from './recent-values.ts';
import type { Quantiles } from './types.ts';

/** One strategy's view of one series: its weights of the experts and its own record of errors. */
export const View = z.object({ mixture: Mixture, interval: Interval });
export type View = Immutable<z.infer<typeof View>>;

/** A view that has seen nothing. */
export function newView(prior?: ErrorPrior): View {
  return { mixture: newMixture(), interval: newInterval(prior) };
}

/**
 * Forecaster of one series of log values: what weekdays, days of the month and hours do to them; experts on the values
 * without that, shared by all strategies; and the default strategy's view of the experts.
 */
export const Forecaster = z.object({
  version: z.literal(1),
  calendar: Calendar,
  experts: Experts,
  view: View,
});
export type Forecaster = Immutable<z.infer<typeof Forecaster>>;

export function newForecaster(prior?: ErrorPrior): Forecaster {
  return { version: 1, calendar: newCalendar(), experts: newExperts(), view: newView(prior) };
}

/** What every strategy's view of a series starts from: read once, used by all of them. */
export interface SeriesReading {
  /** Of the experts, in log units. */
  readonly predictions: readonly number[];
  /** Places of the predictions, the smallest first. */
  readonly ascending: readonly number[];
  /** The newest values, ascending. */
  readonly values: readonly number[];
}

/** Reads a series for its next value, which starts at `at` (epoch ms); `null` while it has no value. */
export function readSeries(experts: Experts, at: number): SeriesReading | null {
  if (experts.count === 0) return null;
  const predictions = consultExperts(experts, at);
  return {
    predictions,
    ascending: ascendingOrder(predictions),
    values: sortNewest(experts.recent, experts.recent.length),
  };
}

/** Nested quantiles (log units) of the next value in one strategy's view. */
export function forecastInView(view: View, settings: MixSettings, reading: SeriesReading): Quantiles {
  const mixed = mix(view.mixture, settings, reading.predictions, reading.ascending);
  return spreadAround(view.interval, DURATION_INTERVAL, mixed, reading.values);
}

/** Nested quantiles (log units) of a tick at `at` (epoch ms), as `view` sees the series; `null` without values. */
export function forecastValue(
  { calendar, experts }: Pick<Forecaster, 'calendar' | 'experts'>,
  view: View,
  settings: MixSettings,
  at: number,
): Quantiles | null {
  const usual = forecastUsual(experts, view, settings, at);
  return usual === null ? null : shifted(usual, calendarShift(calendar, at));
}

/** The same of a value on no day in particular. */
export function forecastUsual(
  experts: Experts,
  view: View,
  settings: MixSettings,
  at: number,
): Quantiles | null {
  const reading = readSeries(experts, at);
  return reading === null ? null : forecastInView(view, settings, reading);
}

/** P(|error| ≤ 25 %) of a view's next forecast. */
export function confidence(view: View): number {
  return confidenceOf(view.interval);
}

/** A view after the value that followed `forecast`, which `forecastInView` made from the same reading. */
export function updateView(
  view: View,
  settings: MixSettings,
  { predictions }: SeriesReading,
  forecast: Quantiles,
  value: number,
): View {
  return {
    mixture: updateMixture(view.mixture, settings, predictions, forecast.q50, value),
    interval: updateInterval(view.interval, DURATION_INTERVAL, forecast, value),
  };
}

/** The forecaster after the value (log units) of a tick at `at`, and what had been forecast for it. */
export function updateForecaster(
  forecaster: Forecaster,
  settings: MixSettings,
  value: number,
  at: number,
): { readonly forecaster: Forecaster; readonly forecast: Quantiles | null } {
  const shift = calendarShift(forecaster.calendar, at);
  const usual = value - shift.log;
  const reading = readSeries(forecaster.experts, at);
  const calendar = updateCalendar(forecaster.calendar, value, at);
  const experts = updateExperts(forecaster.experts, usual, at);
  if (reading === null) return { forecaster: { ...forecaster, calendar, experts }, forecast: null };
  const forecast = forecastInView(forecaster.view, settings, reading);
  const view = updateView(forecaster.view, settings, reading, forecast, usual);
  return { forecaster: { ...forecaster, calendar, experts, view }, forecast: shifted(forecast, shift) };
}
