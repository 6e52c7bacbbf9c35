import type { Config } from '../../config/config.ts';
import { type OnTimeRules, onTimeRules } from '../../config/on-time.ts';
import { commandedMode } from '../../on-time/state.ts';
import { type DispatchTerms, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { RepositoryState, SourceFile } from '../ports.ts';
import { readFilesInTurns } from '../read-in-turns.ts';

/** How a file is started, by its directives, the configuration and commands. */
export function rulesOf({ care }: RepositoryState, config: Config, file: WorkflowFile): OnTimeRules {
  const commanded = commandedMode(care.onTime ?? {}, file.path);
  return onTimeRules(config, file.path, { ...file, commanded });
}

/** The terms on which a file is started under these rules, as far as no fact of GitHub is needed. */
export function termsUnder({ mode, net, inputs }: OnTimeRules): DispatchTerms {
  // To rescue, GitHub's own schedule stays.
  return { ...PLAIN_TERMS, net: mode === 'rescue' ? 'cron' : net, inputs };
}

/** The workflows with a schedule, without the net. */
export async function scheduledFiles(sources: readonly SourceFile[]): Promise<readonly WorkflowFile[]> {
  const files = await readFilesInTurns(sources);
  return files.filter(({ path, schedules }) => schedules.length > 0 && path !== NET_PATH);
}
