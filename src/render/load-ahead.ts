import { z } from 'zod';
import { LOAD_HORIZONS, type LoadHorizon } from '../jobs/load.ts';
import { type Document, details, list, numeric, table } from './document.ts';
import { percent } from './quantity.ts';

export const Horizon = z.enum(Object.keys(LOAD_HORIZONS) as [LoadHorizon, ...LoadHorizon[]]);

const HorizonLoad = z.object({
  horizon: Horizon,
  /** `null` where too little was seen. */
  forecast: z
    .object({
      jobs: z.number().nonnegative(),
      low: z.number().nonnegative(),
      high: z.number().nonnegative(),
      model: z.string(),
      /** 1 − WAPE on the newest steps, each forecast from those before it. */
      accuracy: z.number(),
      reliable: z.boolean(),
      models: z.array(z.object({ name: z.string(), accuracy: z.number() })),
    })
    .nullable(),
});

/** Jobs that are expected to be queued from now on, by how far ahead. */
export const LoadAhead = z.object({
  from: z.iso.datetime(),
  horizons: z.array(HorizonLoad),
  /** Accuracy below which a forecast is not to be relied on. */
  least_accuracy: z.number(),
});
export type LoadAhead = z.infer<typeof LoadAhead>;

/** Jobs that are expected, by how far ahead, and how well such forecasts did. */
export function renderLoadAhead(view: LoadAhead): Document {
  const known = view.horizons.flatMap(({ horizon, forecast }) =>
    forecast === null ? [] : [{ horizon, ...forecast }],
  );
  const unknown = view.horizons.filter(({ forecast }) => forecast === null);
  const isUnreliable = known.some(({ reliable }) => !reliable);
  return [
    table(
      ['Ahead', numeric('Jobs'), 'Nine in ten', numeric('Accuracy'), 'Forecast by'],
      known.map((one) => [
        one.horizon,
        digits(one.jobs),
        `${digits(one.low)} to ${digits(one.high)}`,
        `${accuracyWords(one.accuracy)}${one.reliable ? '' : ' *'}`,
        one.model,
      ]),
    ),
    isUnreliable ? `* Below the ${percent(view.least_accuracy)} from which a forecast may be relied on.` : '',
    unknown.length === 0
      ? ''
      : `Too little was seen for ${unknown.map(({ horizon }) => horizon).join(', ')}.`,
    ...known.map(({ horizon, models }) =>
      details(
        `All models, ${horizon} ahead`,
        list(models.map(({ name, accuracy }) => `${name}: ${accuracyWords(accuracy)}`)),
      ),
    ),
  ];
}

function accuracyWords(accuracy: number): string {
  return accuracy <= 0 ? `0\u00a0%` : percent(Math.min(1, accuracy));
}

function digits(jobs: number): string {
  return jobs < 10 ? jobs.toFixed(1) : String(Math.round(jobs));
}
