import { z } from 'zod';
import { hourTime } from '../time.ts';
import { type Block, type Document, heading, numeric, table } from './document.ts';
import { code, enumeration, type Inline, words } from './inline.ts';
import { count, orDash, percent, seconds } from './quantity.ts';

const HourUse = z.object({
  /** UTC hour of the week, 0 (Monday 00:00) to 167. */
  hour: z.number().int().min(0).max(167),
  /** Jobs in progress, the mean. */
  busy: z.number().nonnegative(),
  jobs_per_week: z.number().nonnegative(),
  /** Nine jobs in ten wait at most so long; `null` where too few were seen. */
  wait_p90_seconds: z.number().nonnegative().nullable(),
});

const RunnerUse = z.object({
  labels: z.array(z.string()),
  jobs_per_week: z.number().nonnegative(),
  minutes_per_week: z.number().nonnegative(),
  wait_p90_seconds: z.number().nonnegative().nullable(),
  /** Hours with jobs, the busiest first. */
  hours: z.array(HourUse),
  /** Growth from week to week, 1 for none, with its 95 % interval; `null` of fewer than four whole weeks. */
  trend: z
    .object({ factor: z.number(), low: z.number(), high: z.number(), weeks: z.number().int() })
    .nullable(),
  /** Most jobs at once on these runners, by plan or configuration; `null` where nobody has said. */
  limit: z.number().nullable(),
  /** Labels of the other runners here whose jobs count for the same limit. */
  limit_shared_with: z.array(z.array(z.string())),
  /**
   * Weeks until the busiest hour's demand for all of them passes the limit, 0 where it does; `null` where it never
   * does at this trend.
   */
  weeks_to_limit: z.number().int().nonnegative().nullable(),
});
type RunnerUse = z.infer<typeof RunnerUse>;

/** What the jobs of a repository take of the runners, the busiest runners first. */
export const CapacityReport = z.object({
  runners: z.array(RunnerUse),
  /**
   * Jobs a week that the runs of the last four weeks are known to have; what was seen may be less. `null` where one
   * label was asked for.
   */
  jobs_of_runs_per_week: z.number().nonnegative().nullable(),
});
export type CapacityReport = z.infer<typeof CapacityReport>;

const HOURS_SHOWN = 5;
/** Where fewer of the jobs were seen, that is told. */
const SEEN_SHARE = 0.8;
/** A longer wait of nine jobs in ten is one for other jobs to end. */
const FREE_RUNNER_SECONDS = 60;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** What jobs take of the runners, kind by kind. */
export function renderCapacity({ runners, jobs_of_runs_per_week: known }: CapacityReport): Document {
  if (runners.length === 0) {
    return ['No job has been seen yet. Jobs are learned as they end, from `workflow_job` events.'];
  }
  return [...runners.flatMap(runnerBlocks), unseenWords(runners, known)];
}

/** Jobs are seen as they end; runs of before, or of which an event was lost, have jobs that nobody saw. */
function unseenWords(runners: readonly RunnerUse[], known: number | null): string {
  const seen = runners.reduce((sum, one) => sum + one.jobs_per_week, 0);
  if (known === null || seen >= SEEN_SHARE * known) return '';
  return (
    `Counted are jobs that were seen, ${whole(seen)} a week. By the number of runs in the last four weeks there ` +
    `are about ${whole(known)}: what runners take is more than is told here.`
  );
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function runnerBlocks(use: RunnerUse): readonly Block[] {
  const waits =
    use.wait_p90_seconds === null
      ? ''
      : ` Nine jobs in ten wait at most ${seconds(use.wait_p90_seconds)} for a runner.`;
  return [
    heading('Runners'),
    words`${enumeration(use.labels.map(code))}: ${weekWords(use)}${waits} ${trendWords(use)} ${limitWords(use)}`,
    table(
      ['Busiest hours (UTC)', numeric('In progress'), numeric('Jobs a week'), numeric('Wait, 90 %')],
      use.hours
        .slice(0, HOURS_SHOWN)
        .map((hour) => [
          `${DAYS[Math.floor(hour.hour / 24)]} ${hourTime(hour.hour % 24)}`,
          hour.busy.toFixed(1),
          hour.jobs_per_week.toFixed(1),
          orDash(hour.wait_p90_seconds, seconds),
        ]),
    ),
  ];
}

function weekWords(use: RunnerUse): string {
  const jobs = count(Math.round(use.jobs_per_week), 'job');
  return `${jobs} and ${whole(use.minutes_per_week)} minutes of work a week.`;
}

function trendWords({ trend }: RunnerUse): string {
  if (trend === null) return 'No trend is known before four whole weeks.';
  const { factor, low, high } = trend;
  if (low <= 1 && high >= 1) return 'It neither grows nor shrinks for sure.';
  const change = (value: number): string => percent(Math.abs(value - 1));
  const [least, most] = factor > 1 ? [low, high] : [high, low];
  return `It ${factor > 1 ? 'grows' : 'shrinks'} by ${change(factor)} a week (${change(least)} to ${change(most)}).`;
}

function limitWords(use: RunnerUse): Inline {
  const { limit, weeks_to_limit: weeks, limit_shared_with: others } = use;
  if (limit === null)
    return 'How many jobs they take at once is not said: write `max-jobs` in the configuration.';
  const shared = others.map((labels) => code(labels.join(', ')));
  const most =
    shared.length === 0
      ? words`they take ${count(limit, 'job')} at once`
      : words`with ${enumeration(shared)} they take ${count(limit, 'job')} at once`;
  if (weeks === 0) return words`The busiest hour reaches the limit now: ${most}.`;
  if (weeks !== null)
    return words`At this rate the busiest hour reaches the limit in ${count(weeks, 'week')}: ${most}.`;
  return (use.wait_p90_seconds ?? 0) > FREE_RUNNER_SECONDS
    ? words`The jobs seen here do not reach the limit (${most}), yet they wait: others take these runners too.`
    : words`At this rate the limit is not reached: ${most}.`;
}
