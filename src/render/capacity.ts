import { hourTime } from '../time.ts';
import { type Block, type Document, heading, numeric, table } from './document.ts';
import { code, enumeration, words } from './inline.ts';
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
  readonly weeks_to_limit: number | null;
}

const HOURS_SHOWN = 5;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** What jobs take of the runners, kind by kind. */
export function renderCapacity({ runners }: { readonly runners: readonly RunnerUseView[] }): Document {
  if (runners.length === 0) {
    return ['No job has been seen yet. Jobs are learned as they end, from `workflow_job` events.'];
  }
  return runners.flatMap(runnerBlocks);
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
  return `${jobs} and ${Math.round(use.minutes_per_week)} minutes of work a week.`;
}

function trendWords({ trend }: RunnerUseView): string {
  if (trend === null) return 'No trend is known before four whole weeks.';
  const { factor, low, high } = trend;
  if (low <= 1 && high >= 1) return 'It neither grows nor shrinks for sure.';
  const change = (value: number): string => percent(Math.abs(value - 1));
  const [least, most] = factor > 1 ? [low, high] : [high, low];
  return `It ${factor > 1 ? 'grows' : 'shrinks'} by ${change(factor)} a week (${change(least)} to ${change(most)}).`;
}

function limitWords({ limit, weeks_to_limit: weeks }: RunnerUseView): string {
  if (limit === null)
    return 'How many jobs they take at once is not said: write `max-jobs` in the configuration.';
  const most = `they take ${count(limit, 'job')} at once`;
  if (weeks === null) return `At this rate the limit is not reached: ${most}.`;
  return weeks === 0
    ? `The busiest hour reaches the limit now: ${most}.`
    : `At this rate the busiest hour reaches the limit in ${count(weeks, 'week')}: ${most}.`;
}
