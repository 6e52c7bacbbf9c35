import { type Run, tickOrStart, trainingSeconds } from '../history/run.ts';
import { calendarShift, updateCalendar } from './calendar.ts';
import { consultExperts, updateExperts } from './experts.ts';
import { type Forecaster, newForecaster } from './forecaster.ts';
import { streamName } from './learned.ts';
import {
  ascendingOrder,
  type MixSettings,
  mix,
  newMixture,
  type OwnMixture,
  updateOwnMixture,
} from './mixture.ts';

/** Relative errors of a replay, window by window, oldest first. */
export type ErrorWindows = readonly (readonly number[])[];

/** A history ready to be forecast anew by any mixture. */
export interface Replay {
  /** Runs that are forecast, those that only warm up among them. */
  readonly runs: number;
  /** Errors under these settings, the same runs in the same windows: older ones to choose by, newer to prove on. */
  readonly errors: (settings: MixSettings) => {
    readonly chosenOn: ErrorWindows;
    readonly heldOut: ErrorWindows;
  };
}

/** Share of the history that warms the forecasters up, and of the rest that is held out. */
const WARM_SHARE = 0.3;
const HELD_OUT_SHARE = 0.6;
/** Runs of a window at least: one run that goes wrong must not decide it. More windows than this prove no more. */
const LEAST_RUNS_PER_WINDOW = 4;
const MOST_WINDOWS = 60;

/** Prepares ended runs for replay, stream by stream; what experts say is kept, so that mixtures cost little. */
export function prepareReplay(runs: readonly Run[]): Replay {
  const ended = runs
    .flatMap((run) => {
      const seconds = trainingSeconds(run);
      return seconds === null || run.endedAt === null ? [] : [{ run, seconds, endedAt: run.endedAt }];
    })
    .sort((a, b) => a.endedAt - b.endedAt || a.run.id - b.run.id);
  const streams = new Map<string, Pick<Forecaster, 'calendar' | 'experts'>>();
  const said: Said[] = [];
  for (const { run, seconds } of ended) {
    const stream = streamName(run.path, run.event);
    const { calendar, experts } = streams.get(stream) ?? newForecaster();
    const tick = tickOrStart(run);
    // Value and predictions are those of a usual day: an error is the same with or without the shift.
    const value = Math.log(seconds) - calendarShift(calendar, tick).log;
    if (experts.count > 0) {
      const predictions = consultExperts(experts, tick);
      said.push({ stream, predictions, ascending: ascendingOrder(predictions), value });
    }
    streams.set(stream, {
      calendar: updateCalendar(calendar, Math.log(seconds), tick),
      experts: updateExperts(experts, value, tick),
    });
  }
  const heldOut = Math.floor(said.length * (1 - WARM_SHARE) * HELD_OUT_SHARE);
  const chosenOn = Math.floor(said.length * (1 - WARM_SHARE)) - heldOut;
  return {
    runs: ended.length,
    errors(settings) {
      const errors = errorsOf(said, settings);
      const boundary = errors.length - heldOut;
      return {
        chosenOn: windows(errors.slice(boundary - chosenOn, boundary)),
        heldOut: windows(errors.slice(boundary)),
      };
    },
  };
}

/** What the experts said of one run, and what it was; log seconds. */
interface Said {
  /** Name of the series. */
  readonly stream: string;
  readonly predictions: readonly number[];
  /** Their order, sorted once for all mixtures. */
  readonly ascending: readonly number[];
  readonly value: number;
}

function errorsOf(said: readonly Said[], settings: MixSettings): readonly number[] {
  const mixtures = new Map<string, OwnMixture>();
  return said.map(({ stream, predictions, ascending, value }) => {
    const mixture = mixtures.get(stream) ?? newMixture();
    mixtures.set(stream, mixture);
    const mixed = mix(mixture, settings, predictions, ascending);
    updateOwnMixture(mixture, settings, predictions, mixed, value);
    return Math.abs(Math.exp(mixed - value) - 1);
  });
}

/** Cuts errors into windows of equal length, the oldest few left over. */
function windows(errors: readonly number[]): ErrorWindows {
  const count = Math.min(MOST_WINDOWS, Math.floor(errors.length / LEAST_RUNS_PER_WINDOW));
  const length = count === 0 ? 0 : Math.floor(errors.length / count);
  const from = errors.length - count * length;
  return Array.from({ length: count }, (_, window) =>
    errors.slice(from + window * length, from + (window + 1) * length),
  );
}
