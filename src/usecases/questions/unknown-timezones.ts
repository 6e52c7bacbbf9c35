import { isTimezone, timezoneUnknown } from '../../cron/timezone.ts';
import { newestVersion } from '../learning/schedule-version.ts';
import type { RepositoryState } from '../ports.ts';

/** Schedules in force whose timezone does not exist, each as one sentence: the file, what is wrong, what to write. */
export function unknownTimezones({ scheduleVersions }: RepositoryState): readonly string[] {
  const entries = newestVersion(scheduleVersions)?.entries ?? [];
  return entries
    .filter(({ timezone }) => !isTimezone(timezone))
    .map(({ path, timezone }) => timezoneUnknown(timezone, `\`${path}\``).sentence);
}
