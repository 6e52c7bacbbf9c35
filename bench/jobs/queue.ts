import { capacityOf } from '../../src/jobs/capacity.ts';
import { type LabelUse, newLabelUse, updateLabelUse } from '../../src/jobs/label-use.ts';
import { normalDraw, seededRandom } from '../../src/plan/random.ts';
import { HOUR_MS, WEEK_MS } from '../../src/time.ts';

const HOURS = 168;
const WEEKS = 9;
const LEARNED_WEEKS = 6;
const FIRST_MONDAY = Date.UTC(2026, 0, 5);
/** The point that is forecast. */
const POINT = 0.9;

interface Wait {
  readonly at: number;
  readonly seconds: number;
}

/** Pinball losses at the 90 % point (seconds) on the weeks that come after what was learned. */
export interface QueueScore {
  readonly jobs: number;
  readonly ours: number;
  /** The 90 % point of all waits of the label, whatever the hour. */
  readonly labelPoint: number;
  /** The mean of all waits of the label. */
  readonly labelMean: number;
  /** The 90 % point of the same hour a week before. */
  readonly seasonalNaive: number;
  /** Share of waits at or below ours. */
  readonly below: number;
}

/** Scores the 90 % points of waits by label and hour of the week, each week forecast from those before it. */
export function scoreQueue(seeds: readonly number[]): QueueScore {
  const losses = { ours: 0, labelPoint: 0, labelMean: 0, seasonalNaive: 0 };
  let [jobs, below] = [0, 0];
  for (const seed of seeds) {
    const weeks = madeWaits(seed);
    let use = newLabelUse();
    for (const [week, waits] of weeks.entries()) {
      if (week >= LEARNED_WEEKS) {
        const known = weeks.slice(0, week).flat();
        const all = known.map(({ seconds }) => seconds);
        const [point, plain] = [pointOf(all), all.reduce((sum, one) => sum + one, 0) / all.length];
        const ours = byHour(use, FIRST_MONDAY + week * WEEK_MS);
        const before = Map.groupBy(weeks[week - 1] ?? [], hourOf);
        for (const wait of waits) {
          const forecast = ours(hourOf(wait));
          const last = before.get(hourOf(wait))?.map(({ seconds }) => seconds) ?? all;
          losses.ours += pinball(wait.seconds, forecast);
          losses.labelPoint += pinball(wait.seconds, point);
          losses.labelMean += pinball(wait.seconds, plain);
          losses.seasonalNaive += pinball(wait.seconds, pointOf(last));
          below += wait.seconds <= forecast ? 1 : 0;
          jobs += 1;
        }
      }
      for (const wait of waits) use = learned(use, wait, jobs);
    }
  }
  return {
    jobs,
    ours: losses.ours / jobs,
    labelPoint: losses.labelPoint / jobs,
    labelMean: losses.labelMean / jobs,
    seasonalNaive: losses.seasonalNaive / jobs,
    below: below / jobs,
  };
}

/** Waits by the week: more jobs in working hours, which wait longer for each other, around a level that drifts. */
function madeWaits(seed: number): readonly (readonly Wait[])[] {
  const random = seededRandom(seed);
  const [quiet, busy, peak] = [5 + 10 * random(), 60 + 240 * random(), 7 + Math.floor(10 * random())];
  let level = 0;
  return Array.from({ length: WEEKS }, (_, week) => {
    level += 0.1 * normalDraw(random);
    return Array.from({ length: HOURS }, (__, hour) => {
      const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
      const crowd = day < 5 ? Math.exp(-(((ofDay - peak) / 3) ** 2)) : 0;
      const count = Math.max(0, Math.round(1 + 6 * crowd + Math.sqrt(1 + 6 * crowd) * normalDraw(random)));
      return Array.from({ length: count }, () => ({
        at: FIRST_MONDAY + week * WEEK_MS + hour * HOUR_MS + Math.floor(HOUR_MS * random()),
        seconds: (quiet + busy * crowd) * Math.exp(level + 0.7 * normalDraw(random)),
      }));
    }).flat();
  });
}

function learned(use: LabelUse, { at, seconds }: Wait, id: number): LabelUse {
  const startedAt = at + 1_000 * seconds;
  return updateLabelUse(use, {
    id,
    runId: id,
    path: 'ci.yml',
    name: 'build',
    labels: ['gpu'],
    conclusion: 'success',
    createdAt: at,
    startedAt,
    endedAt: startedAt + 60_000,
  });
}

/** What `/capacity` says of an hour; of one with too few jobs, what it says of the label. */
function byHour(use: LabelUse, now: number): (hour: number) => number {
  const { hours, waitP90Seconds } = capacityOf(use, now);
  const points = new Map(hours.map(({ hour, waitP90Seconds: point }) => [hour, point]));
  return (hour) => points.get(hour) ?? waitP90Seconds ?? 0;
}

function hourOf({ at }: Wait): number {
  return Math.floor((at - FIRST_MONDAY) / HOUR_MS) % HOURS;
}

function pointOf(values: readonly number[]): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(POINT * ascending.length))] ?? 0;
}

function pinball(actual: number, forecast: number): number {
  const miss = actual - forecast;
  return miss >= 0 ? POINT * miss : (POINT - 1) * miss;
}
