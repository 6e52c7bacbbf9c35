import { valueForRunners } from '../config/runner-names.ts';
import { type PlanInput, RUNNERS } from './input.ts';

/**
 * Names of the runners on which jobs may have to wait for each other: more jobs could meet than run at once, nobody has
 * said how many that are, other repositories have jobs there, or jobs were seen waiting. On all others two jobs side by
 * side are no trouble.
 */
export function scarceRunners(input: PlanInput): ReadonlySet<string> {
  const { schedules, elsewhere = {} } = input;
  const scarce = new Set<string>();
  for (const [runners, members] of Map.groupBy(schedules, ({ runners = RUNNERS }) => runners)) {
    const limit = jobLimitOf(runners, input);
    const isShared = (valueForRunners(elsewhere, runners) ?? []).some((others) => others > 0);
    const jobs = members.reduce(
      (sum, { width, noOutcome }) => sum + (noOutcome === true ? 0 : Math.max(1, width)),
      0,
    );
    const mayMeet = limit === undefined || jobs + Math.max(0, ...otherJobsOn(runners, input)) > limit;
    if (isShared || mayMeet || members.some(({ waits }) => waits === true)) scarce.add(runners);
  }
  return scarce;
}

/** Most jobs at once on these runners; `undefined` where no limit is known. */
export function jobLimitOf(runners: string, { settings }: Pick<PlanInput, 'settings'>): number | undefined {
  return valueForRunners(settings.jobLimits ?? {}, runners);
}

/** Expected jobs in progress on these runners that no schedule of the plan has started, by five minutes of the week. */
export function otherJobsOn(
  runners: string,
  { background, elsewhere = {} }: Pick<PlanInput, 'background' | 'elsewhere'>,
): readonly number[] {
  // Push and pull-request jobs are not told apart by runners: they are taken to run on the standard ones.
  const own = runners === RUNNERS ? background : [];
  const theirs = valueForRunners(elsewhere, runners);
  return theirs === undefined ? own : theirs.map((jobs, bin) => jobs + (own[bin] ?? 0));
}
