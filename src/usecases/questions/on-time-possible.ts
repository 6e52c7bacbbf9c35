import type { Config, OnTimeMode } from '../../config/config.ts';
import { onTimeRules } from '../../config/on-time.ts';
import type { OnTimeWorkflow } from '../../render/check-view.ts';
import { type DispatchTerms, findDispatchObstacles, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import type { TextFile } from '../../workflow/reached.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';

/**
 * Each workflow with schedules, and what stands in the way of starting it on its minute, as far as its files tell.
 * Facts that only GitHub knows, such as environments with reviewers, are looked at when it is put on time.
 */
export function onTimePossible(sources: readonly TextFile[], config: Config): readonly OnTimeWorkflow[] {
  const modes = new Map<string, OnTimeMode>();
  const termsFor = ({ path, schedules }: WorkflowFile): DispatchTerms => {
    const { mode, net, inputs } = onTimeRules(config, path, { schedules, commanded: null });
    modes.set(path, mode);
    // To rescue, GitHub's own schedule stays.
    return { ...PLAIN_TERMS, net: mode === 'rescue' ? 'cron' : net, inputs };
  };
  return [...findDispatchObstacles(sources, termsFor)].map(([path, obstacles]) => ({
    path,
    mode: modes.get(path) ?? 'off',
    possible: obstacles.every(({ kind }) => kind === 'warning'),
    obstacles: [...obstacles],
  }));
}
