import { hourTime } from '../time.ts';
import { type Block, type Document, heading, numeric, table } from './document.ts';
import { code, enumeration, type Inline, words } from './inline.ts';
import { count, orDash, percent, seconds } from './quantity.ts';

export interface RunnerUseView {
  readonly labels: readonly string[];
  readonly jobs_per_week: number;
  readonly minutes_per_week: number;
  readonly wait_p90_seconds: number | null;
  readonly hours: readonly {
    readonly hour: number;
    readonly busy: number;
    readonly jobs_per_week: number;
    readonly wait_p90_seconds: number | null;
  }[];
  readonly trend: { readonly factor: number; readonly low: number; readonly high: number } | null;
  readonly limit: number | null;
  readonly limit_shared_with: readonly (readonly string[])[];
  readonly weeks_to_limit: number | null;
}

const HOURS_SHOWN = 5;
/** Where fewer of the jobs were seen, that is told. */
const SEEN_SHARE = 0.8;
/** A longer wait of nine jobs in ten is one for other jobs to end. */
const FREE_RUNNER_SECONDS = 60;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

export interface CapacityView {
  readonly runners: readonly RunnerUseView[];
  readonly jobs_of_runs_per_week: number | null;
}

/** What jobs take of the runners, kind by kind. */
export function renderCapacity({ runners, jobs_of_runs_per_week: known }: CapacityView): Document {
  if (runners.length === 0) {
    return ['No job has been seen yet. Jobs are learned as they end, from `workflow_job` events.'];
  }
  return [...runners.flatMap(runnerBlocks), unseenWords(runners, known)];
}

/** Jobs are seen as they end; runs of before, or of which an event was lost, have jobs that nobody saw. */
function unseenWords(runners: readonly RunnerUseView[], known: number | null): string {
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

function runnerBlocks(use: RunnerUseView): readonly Block[] {
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

function weekWords(use: RunnerUseView): string {
  const jobs = count(Math.round(use.jobs_per_week), 'job');
  return `${jobs} and ${whole(use.minutes_per_week)} minutes of work a week.`;
}

function trendWords({ trend }: RunnerUseView): string {
  if (trend === null) return 'No trend is known before four whole weeks.';
  const { factor, low, high } = trend;
  if (low <= 1 && high >= 1) return 'It neither grows nor shrinks for sure.';
  const change = (value: number): string => percent(Math.abs(value - 1));
  const [least, most] = factor > 1 ? [low, high] : [high, low];
  return `It ${factor > 1 ? 'grows' : 'shrinks'} by ${change(factor)} a week (${change(least)} to ${change(most)}).`;
}

function limitWords(use: RunnerUseView): Inline {
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
