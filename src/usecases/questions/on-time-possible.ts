import type { Config, OnTimeMode } from '../../config/config.ts';
import { onTimeRules } from '../../config/on-time.ts';
import type { OnTimeWorkflow } from '../../render/check-view.ts';
import { type DispatchTerms, findDispatchObstacles } from '../../workflow/dispatch-obstacles.ts';
import type { TextFile } from '../../workflow/reached.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import type { WantedOnTime } from '../on-time/on-time-edits.ts';
import { termsUnder } from '../on-time/rules-of-file.ts';

/** What the files say of starting one workflow on its minute, and who has asked for it. */
export interface OnTimeRequest extends WantedOnTime {
  /** Those of the file, also where they were taken out and stand in comments. */
  readonly schedules: readonly Schedule[];
}

/**
 * Each workflow with schedules, and what stands in the way of starting it on its minute, as far as its files tell.
 * Facts that only GitHub knows, such as environments with reviewers, are looked at when it is put on time.
 * `commandedFor`: what a command has asked for of a path.
 */
export function onTimeRequests(
  sources: readonly TextFile[],
  config: Config,
  commandedFor: (path: string) => OnTimeMode | null = () => null,
): readonly OnTimeRequest[] {
  const asked = new Map<string, Pick<OnTimeRequest, 'rules' | 'schedules'>>();
  const termsFor = (file: WorkflowFile): DispatchTerms => {
    const { path, schedules } = file;
    const rules = onTimeRules(config, path, { ...file, commanded: commandedFor(path) });
    asked.set(path, { rules, schedules });
    return termsUnder(rules);
  };
  return [...findDispatchObstacles(sources, termsFor)].flatMap(([path, obstacles]) => {
    const request = asked.get(path);
    return request === undefined ? [] : [{ path, ...request, obstacles }];
  });
}

/** The same as it is shown. */
export function onTimePossible(sources: readonly TextFile[], config: Config): readonly OnTimeWorkflow[] {
  return onTimeRequests(sources, config).map(shownRequest);
}

export function shownRequest({ path, rules, obstacles }: OnTimeRequest): OnTimeWorkflow {
  const possible = obstacles.every(({ kind }) => kind === 'warning');
  return { path, mode: rules.mode, possible, obstacles: [...obstacles] };
}
