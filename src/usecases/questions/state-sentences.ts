import { isTimezone, timezoneUnknown } from '../../cron/timezone.ts';
import { fileName } from '../../render/move-words.ts';
import { utcDate } from '../../time.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** One sentence for each schedule that planning leaves out as no runs of it come; none once one has come. */
export function notRunningSentences(state: RepositoryState): readonly string[] {
  const { care, learned, profile } = state;
  const { notRunning = {} } = care;
  return entriesInForce(state).flatMap(({ key, path, cron }) => {
    const stopped = notRunning[key];
    const lastAt = learned.schedules[key]?.lastAt ?? 0;
    if (stopped === undefined || lastAt > (profile.lastRoundAt ?? 0)) return [];
    const where = stopped.page === null ? '' : ` A person can enable it at \`${stopped.page}\`.`;
    return [`\`${cron}\` of \`${fileName(path)}\` is not planned: ${stopped.why}.${where}`];
  });
}

/** The warning that GitHub will disable the schedules soon, as one sentence; none where it was not given. */
export function inactivitySentences({ care }: Pick<RepositoryState, 'care'>): readonly string[] {
  const { inactivityWarnedOf: pushedAt, inactivityPage: page } = care;
  if (pushedAt === undefined) return [];
  const since = utcDate(pushedAt);
  const where = page === undefined ? '' : ` A person can enable a workflow again at \`${page}\`.`;
  return [
    `Nothing was pushed since ${since}: after 60 days without activity GitHub disables the schedules of ` +
      `a public repository.${where}`,
  ];
}

/** Schedules in force whose timezone does not exist, each as one sentence: the file, what is wrong, what to write. */
export function unknownTimezones(state: RepositoryState): readonly string[] {
  return entriesInForce(state)
    .filter(({ timezone }) => !isTimezone(timezone))
    .map(({ path, timezone }) => timezoneUnknown(timezone, `\`${path}\``).sentence);
}
