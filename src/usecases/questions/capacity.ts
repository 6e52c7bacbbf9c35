import { MACOS_RUNNERS, runnersOf, STANDARD_RUNNERS, valueForRunners } from '../../config/runner-names.ts';
import { jobLimits } from '../../config/runners.ts';
import { OffbeatError } from '../../errors.ts';
import { capacityOf, weeksUntilLimit } from '../../jobs/capacity.ts';
import { labelList } from '../../jobs/cost.ts';
import type { LabelUse } from '../../jobs/label-use.ts';
import type { LearnedJobs } from '../../jobs/learned-jobs.ts';
import type { CapacityReport } from '../../render/capacity.ts';
import { WEEK_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';
import { jobsQueued } from './load-ahead.ts';

/** Tells the use of all runners that jobs of a repository took, or of those with a label. Throws `not-found`. */
export async function capacityHere(
  context: Context,
  repositoryId: number,
  label: string | undefined,
): Promise<CapacityReport> {
  const state = await knownRepository(context, repositoryId);
  const { jobs, profile } = state;
  const { reader } = await context.github.connect(profile);
  const limits = jobLimits(await reader.config());
  const now = context.clock.now();
  const wanted = label?.toLowerCase();
  const used = Object.entries(jobs.labels).filter(
    ([key]) => wanted === undefined || key === wanted || labelList(key).includes(wanted),
  );
  if (wanted !== undefined && used.length === 0) {
    throw new OffbeatError('not-found', `No job on runners with the label "${label}" was seen here.`, {
      fix: knownLabels(Object.keys(jobs.labels)),
    });
  }
  const runners = used.map(([key, use]) => {
    const labels = labelList(key);
    const capacity = capacityOf(use, now);
    const limit = valueForRunners(limits, runnersOf(labels)) ?? null;
    const others = limit === null ? [] : sharingLimit(jobs.labels, key);
    return {
      labels: [...labels],
      jobs_per_week: capacity.jobsPerWeek,
      minutes_per_week: capacity.minutesPerWeek,
      wait_p90_seconds: capacity.waitP90Seconds,
      hours: capacity.hours.map(({ hour, busy, jobs: jobsAWeek, waitP90Seconds }) => ({
        hour,
        busy,
        jobs_per_week: jobsAWeek,
        wait_p90_seconds: waitP90Seconds,
      })),
      trend: capacity.trend,
      limit,
      limit_shared_with: others.map(([other]) => [...labelList(other)]),
      weeks_to_limit:
        limit === null ? null : weeksUntilLimit([use, ...others.map(([, other]) => other)], limit, now),
    };
  });
  return {
    runners: runners.sort((a, b) => b.minutes_per_week - a.minutes_per_week),
    jobs_of_runs_per_week: wanted === undefined ? jobsOfRunsPerWeek(state, now) : null,
  };
}

/** The other runners whose jobs count for the limit of these: macOS jobs for that of all hosted ones too. */
function sharingLimit(labels: LearnedJobs['labels'], key: string): readonly (readonly [string, LabelUse])[] {
  const name = runnersOf(labelList(key));
  const counted = name === STANDARD_RUNNERS ? [STANDARD_RUNNERS, MACOS_RUNNERS] : [name];
  return Object.entries(labels).filter(
    ([other]) => other !== key && counted.includes(runnersOf(labelList(other))),
  );
}

const WEEKS_COUNTED = 4;

function jobsOfRunsPerWeek(state: RepositoryState, now: number): number {
  const from = now - WEEKS_COUNTED * WEEK_MS;
  const recent = jobsQueued(state).filter(({ at }) => at >= from && at < now);
  return recent.reduce((sum, { jobs }) => sum + jobs, 0) / WEEKS_COUNTED;
}

function knownLabels(keys: readonly string[]): string {
  return keys.length === 0
    ? 'No job was seen yet.'
    : `The labels seen so far: ${keys.slice(0, 5).join('; ')}.`;
}
