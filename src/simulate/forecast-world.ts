import { itemAt } from '../checked.ts';
import { quantileAtScore } from '../forecast/quantile.ts';
import { BIN_MINUTES, binOfWeek } from '../forecast/slot.ts';
import type { ScheduleForecast } from '../forecast/types.ts';
import { RUNNERS } from '../plan/input.ts';
import { normalDraw, seededRandom } from '../plan/random.ts';
import { mean } from '../statistics.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { mixedSeed, textSeed } from './draw.ts';
import type { OtherJob, TickOutcome, World } from './world.ts';

/** How one schedule's lateness varies on a given day: 12 % (12 minutes on a mean of 70, the day included). */
const OWN_SPREAD = 0.12;
/** Assumed length of push and pull-request jobs, of which only the load is known. */
const OTHER_JOB_SECONDS = 600;
/** Most jobs of others: above that, fewer and longer ones are simulated, which take as many runners. */
const MOST_OTHERS = 20_000;
/** Share of late ticks merged into the next: hourly crons lost 29–54 % in months of an hour's lateness. */
const MERGED_SHARE = 0.4;
const BIN_MS = BIN_MINUTES * MINUTE_MS;

export interface ForecastWorld {
  readonly schedules: readonly { readonly key: string; readonly forecast: ScheduleForecast }[];
  readonly jobLimits: Readonly<Record<string, number>>;
  /** Expected other jobs in progress per five minutes of the UTC week, 2016 values. */
  readonly background: readonly number[];
  /** The same of other repositories, by the runners that are shared with them. */
  readonly elsewhere?: Readonly<Record<string, readonly number[]>>;
}

/**
 * A world as the forecasts see it: on one day every schedule is late by the same quantile of its own forecast, with a
 * small variation of its own. Random draws belong to a schedule's ticks by their ordinal, so that two plans are
 * compared with the same draws.
 */
export function forecastWorld(model: ForecastWorld, seed: number, from: number, to: number): World {
  const seeds = model.schedules.map(({ key }) => textSeed(key));
  const days = new Map<number, number>();
  const dayScore = (tick: number): number => {
    const day = Math.floor(tick / DAY_MS);
    const known = days.get(day);
    if (known !== undefined) return known;
    const drawn = normalDraw(seededRandom(mixedSeed(seed, day)));
    days.set(day, drawn);
    return drawn;
  };
  return {
    jobLimits: model.jobLimits,
    others: [
      ...othersOf({ jobs: model.background, runners: RUNNERS, elsewhere: false, stream: 1 }, seed, from, to),
      ...Object.entries(model.elsewhere ?? {}).flatMap(([runners, jobs]) =>
        othersOf({ jobs, runners, elsewhere: true, stream: textSeed(runners) }, seed, from, to),
      ),
    ],
    outcomeOf(place, tick, ordinal): TickOutcome {
      const { forecast } = itemAt(model.schedules, place);
      const random = seededRandom(mixedSeed(seed, itemAt(seeds, place), ordinal));
      const [dropped, merged, success] = [random(), random(), random()];
      const [own, duration] = [normalDraw(random), normalDraw(random)];
      const hour = new Date(tick).getUTCHours();
      const lateness = itemAt(forecast.lateness, hour);
      const minutes = quantileAtScore(lateness.minutes, dayScore(tick));
      return {
        lateMinutes: dropped < lateness.dropProbability ? null : minutes * Math.exp(OWN_SPREAD * own),
        merges: merged < MERGED_SHARE,
        seconds: Math.max(1, quantileAtScore(forecast.duration.seconds, duration)),
        fails: success >= itemAt(forecast.success, hour).probability,
      };
    },
  };
}

interface Others extends Pick<OtherJob, 'runners' | 'elsewhere'> {
  /** Expected in progress per five minutes of the UTC week, 2016 values. */
  readonly jobs: readonly number[];
  /** Number of their random stream. */
  readonly stream: number;
}

/**
 * Jobs of no schedule, so many in five minutes that the expected load results (Little's law). A job in progress
 * started half of its length ago, on average.
 */
function othersOf(
  { jobs, stream, ...kind }: Others,
  seed: number,
  from: number,
  to: number,
): readonly OtherJob[] {
  const others: OtherJob[] = [];
  const seconds = Math.max(OTHER_JOB_SECONDS, jobSeconds(jobs, from, to) / MOST_OTHERS);
  const early = Math.round((seconds * 500) / BIN_MS);
  for (let bin = Math.floor(from / BIN_MS) * BIN_MS; bin < to; bin += BIN_MS) {
    const place = binOfWeek(bin + early * BIN_MS);
    const rate = ((jobs[place] ?? 0) * BIN_MS) / (seconds * 1000);
    if (rate <= 0) continue;
    const random = seededRandom(mixedSeed(seed, bin / BIN_MS, stream));
    // Gaps of a Poisson process.
    const gap = (): number => -Math.log(1 - random()) / rate;
    let at = gap();
    while (at < 1) {
      others.push({ at: bin + at * BIN_MS, seconds, ...kind });
      at += gap();
    }
  }
  return others;
}

/** Seconds of work of a load over a time span. */
function jobSeconds(jobs: readonly number[], from: number, to: number): number {
  return (mean(jobs) * (to - from)) / 1000;
}
