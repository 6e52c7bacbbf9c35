import { newForecaster, updateForecaster } from '../../../forecast/forecaster.ts';
import { streamName } from '../../../forecast/learned.ts';
import { DEFAULT_MIX } from '../../../forecast/mixture.ts';
import { mapQuantiles } from '../../../forecast/quantile.ts';
import { inOrderOfEnd, trainingSeconds } from '../../../history/run.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { workflowNames } from './workflow-names.ts';

/** Newest runs that are drawn. Earlier ones are forecast too, so that the first drawn one has learned from them. */
export const RUNS_DRAWN = 120;
/** Newest runs of all series that are read. */
const RUNS_LOOKED_AT = 20_000;

/** Forecast and actual durations of one workflow, each forecast made from the runs before; `null` without runs. */
export function forecastView(state: RepositoryState, wanted: string | null) {
  const nameOf = workflowNames(state);
  const streams = Object.entries(state.learned.streams)
    .map(([name, { duration }]) => {
      const [path = '', event = ''] = name.split('|');
      return {
        name,
        label: `${nameOf(path)}, ${event === 'schedule' ? 'scheduled' : 'other runs'}`,
        runs: duration.experts.count,
      };
    })
    .filter(({ runs }) => runs > 0)
    .sort((a, b) => a.label.localeCompare(b.label));
  const scheduled = streams.filter(({ name }) => name.endsWith('|schedule'));
  const stream =
    streams.find(({ name }) => name === wanted) ??
    (scheduled.length > 0 ? scheduled : streams).toSorted((a, b) => b.runs - a.runs)[0];
  if (stream === undefined) return null;
  const points = replayed(state, stream.name).slice(-RUNS_DRAWN);
  return { streams, stream, points, summary: summaryOf(points) };
}

export type ForecastView = NonNullable<ReturnType<typeof forecastView>>;

/** The runs of a series with new forecasts, in the order in which they ended. */
function replayed(state: RepositoryState, name: string) {
  let forecaster = newForecaster();
  return inOrderOfEnd(state.runs.slice(-RUNS_LOOKED_AT))
    .filter(({ path, event }) => streamName(path, event) === name)
    .flatMap((run) => {
      const actualSeconds = trainingSeconds(run);
      if (actualSeconds === null) return [];
      const next = updateForecaster(forecaster, DEFAULT_MIX, Math.log(actualSeconds), run.startedAt);
      forecaster = next.forecaster;
      if (next.forecast === null) return [];
      const seconds = mapQuantiles(next.forecast, Math.exp);
      return [
        {
          runId: run.id,
          at: run.startedAt,
          actualSeconds,
          /** The forecast that was made before the run. */
          seconds,
          inside: actualSeconds >= seconds.q05 && actualSeconds <= seconds.q95,
          /** Relative to the actual duration. */
          error: Math.abs(seconds.q50 - actualSeconds) / actualSeconds,
        },
      ];
    });
}

const QUARTER = 0.25;

/** Figures over the points drawn; `null` where there are none. */
function summaryOf(points: ReturnType<typeof replayed>) {
  if (points.length === 0) return null;
  const errors = points.map(({ error }) => error).sort((a, b) => a - b);
  return {
    withinQuarter: errors.filter((error) => error <= QUARTER).length / errors.length,
    medianError: errors[Math.floor(errors.length / 2)] ?? 0,
    /** Share of runs inside the 90 % interval. */
    coverage: points.filter(({ inside }) => inside).length / points.length,
  };
}
