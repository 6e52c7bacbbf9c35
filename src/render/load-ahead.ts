import { type Document, details, list, numeric, table } from './document.ts';
import { percent } from './quantity.ts';

interface HorizonLoadView {
  readonly horizon: string;
  readonly forecast: {
    readonly jobs: number;
    readonly low: number;
    readonly high: number;
    readonly model: string;
    readonly accuracy: number;
    readonly reliable: boolean;
    readonly models: readonly { readonly name: string; readonly accuracy: number }[];
  } | null;
}

export interface LoadAheadView {
  readonly horizons: readonly HorizonLoadView[];
  readonly least_accuracy: number;
}

/** Jobs that are expected, by how far ahead, and how well such forecasts did. */
export function renderLoadAhead(view: LoadAheadView): Document {
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
