import { newSuccess, successProbability, updateSuccess } from '../../src/forecast/success.ts';
import { calibrationError } from './score.ts';
import type { Series } from './series.ts';

export interface SuccessScore {
  readonly name: string;
  readonly logLoss: number;
  readonly calibrationError: number;
}

/** One forecaster of outcomes, asked and then told, run by run. */
interface Foretells {
  readonly ask: (at: number) => number;
  readonly tell: (succeeded: boolean, at: number) => void;
}

const BASELINES: Readonly<Record<string, () => Foretells>> = {
  offbeat: () => {
    let success = newSuccess();
    return {
      ask: (at) => successProbability(success, at),
      tell(succeeded, at) {
        success = updateSuccess(success, succeeded, at);
      },
    };
  },
  'rate so far': () => {
    let successes = 0;
    let runs = 0;
    return {
      ask: () => (successes + 1) / (runs + 2),
      tell: (succeeded) => {
        runs++;
        if (succeeded) successes++;
      },
    };
  },
  'rate of the hour': () => {
    const successes = new Array<number>(24).fill(0);
    const runs = new Array<number>(24).fill(0);
    return {
      ask: (at) => ((successes[hourOf(at)] ?? 0) + 1) / ((runs[hourOf(at)] ?? 0) + 2),
      tell: (succeeded, at) => {
        const hour = hourOf(at);
        runs[hour] = (runs[hour] ?? 0) + 1;
        if (succeeded) successes[hour] = (successes[hour] ?? 0) + 1;
      },
    };
  },
};

function hourOf(at: number): number {
  return Math.floor(at / 3_600_000) % 24;
}

/** Log loss and calibration of success forecasts from index 10, over the series that ever failed. */
export function scoreSuccess(series: readonly Series[]): readonly SuccessScore[] {
  const failing = series.filter((one) => one.succeeded.includes(false));
  return Object.entries(BASELINES).map(([name, start]) => {
    const pairs: { said: number; happened: boolean }[] = [];
    let loss = 0;
    for (const one of failing) {
      const foretells = start();
      for (const [t, succeeded] of one.succeeded.entries()) {
        if (succeeded === null) continue;
        const at = (one.starts[t] ?? 0) * 1000;
        const said = foretells.ask(at);
        if (t >= 10) {
          pairs.push({ said, happened: succeeded });
          loss -= Math.log(succeeded ? said : 1 - said);
        }
        foretells.tell(succeeded, at);
      }
    }
    return { name, logLoss: loss / pairs.length, calibrationError: calibrationError(pairs) };
  });
}
