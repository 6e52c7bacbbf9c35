import type { Config } from '../../config/config.ts';
import { limitsFor } from '../../config/rules.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { SourceFile } from '../ports.ts';
import { type OnTimeRequest, onTimeRequests } from '../questions/on-time-possible.ts';

/** Paths of workflows that cannot be started at their ticks as asked, and of those that run Offbeat itself. */
export function blockedStarts(
  sources: readonly SourceFile[],
  files: readonly WorkflowFile[],
  config: Config,
): readonly string[] {
  const isAsked = files.some(({ schedules }) =>
    schedules.some(
      (schedule) => schedule.directives.punctual === true || limitsFor(config, schedule).punctual,
    ),
  );
  return isAsked ? blockedAmong(onTimeRequests(sources, config), files) : [];
}

/** The same, from what the files say. */
export function blockedAmong(
  requests: readonly OnTimeRequest[],
  files: readonly Pick<WorkflowFile, 'path' | 'runsOffbeat'>[],
): readonly string[] {
  const blocked = requests
    .filter(
      ({ rules, obstacles }) =>
        rules.mode === 'punctual' && obstacles.some(({ kind }) => kind === 'blocking'),
    )
    .map(({ path }) => path);
  const own = files.filter((file) => file.runsOffbeat).map(({ path }) => path);
  return [...blocked, ...own];
}
