import { fileName } from '../../render/move-words.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** One sentence for each schedule that planning leaves out as no runs of it come; none once one has come. */
export function notRunningSentences({
  care,
  learned,
  profile,
  scheduleVersions,
}: Pick<RepositoryState, 'care' | 'learned' | 'profile' | 'scheduleVersions'>): readonly string[] {
  const { notRunning = {} } = care;
  return (newestVersion(scheduleVersions)?.entries ?? []).flatMap(({ key, path, cron }) => {
    const stopped = notRunning[key];
    const lastAt = learned.schedules[key]?.lastAt ?? 0;
    if (stopped === undefined || lastAt > (profile.lastRoundAt ?? 0)) return [];
    const where = stopped.page === null ? '' : ` A person can enable it at \`${stopped.page}\`.`;
    return [`\`${cron}\` of \`${fileName(path)}\` is not planned: ${stopped.why}.${where}`];
  });
}
