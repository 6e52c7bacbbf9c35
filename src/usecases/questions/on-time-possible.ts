import type { Config, OnTimeMode } from '../../config/config.ts';
import { type OnTimeRules, onTimeRules } from '../../config/on-time.ts';
import type { OnTimeWorkflow } from '../../render/check-view.ts';
import { type DispatchTerms, findDispatchObstacles, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import type { TextFile } from '../../workflow/reached.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';

/** What the files say of starting one workflow on its minute, and who has asked for it. */
export interface OnTimeRequest extends OnTimeWorkflow {
  readonly mode: OnTimeMode;
  readonly said: OnTimeRules['said'];
  /** Those of the file, also where they were taken out and stand in comments. */
  readonly schedules: readonly Schedule[];
}

/**
 * Each workflow with schedules, and what stands in the way of starting it on its minute, as far as its files tell.
 * Facts that only GitHub knows, such as environments with reviewers, are looked at when it is put on time.
 */
export function onTimeRequests(sources: readonly TextFile[], config: Config): readonly OnTimeRequest[] {
  const asked = new Map<string, Pick<OnTimeRequest, 'mode' | 'said' | 'schedules'>>();
  const termsFor = ({ path, schedules }: WorkflowFile): DispatchTerms => {
    const { mode, said, net, inputs } = onTimeRules(config, path, { schedules, commanded: null });
    asked.set(path, { mode, said, schedules });
    // To rescue, GitHub's own schedule stays.
    return { ...PLAIN_TERMS, net: mode === 'rescue' ? 'cron' : net, inputs };
  };
  const nothing = { mode: 'off', said: null, schedules: [] } as const;
  return [...findDispatchObstacles(sources, termsFor)].map(([path, obstacles]) => ({
    path,
    ...(asked.get(path) ?? nothing),
    possible: obstacles.every(({ kind }) => kind === 'warning'),
    obstacles: [...obstacles],
  }));
}

/** The same without who has asked for it. */
export function onTimePossible(sources: readonly TextFile[], config: Config): readonly OnTimeWorkflow[] {
  return onTimeRequests(sources, config).map(shownRequest);
}

/** What is shown of a request. */
export function shownRequest({ path, mode, possible, obstacles }: OnTimeRequest): OnTimeWorkflow {
  return { path, mode, possible, obstacles };
}
