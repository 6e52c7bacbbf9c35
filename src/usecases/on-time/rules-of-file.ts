import type { Config } from '../../config/config.ts';
import { type OnTimeRules, onTimeRules } from '../../config/on-time.ts';
import { commandedMode } from '../../on-time/state.ts';
import { type DispatchTerms, PLAIN_TERMS } from '../../workflow/dispatch-obstacles.ts';
import { NET_PATH } from '../../workflow/paths.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import type { RepositoryReader, RepositoryState, SourceFile } from '../ports.ts';
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

/** Only files with these words need facts that GitHub has to be asked for. */
const ENVIRONMENTS = /\benvironment\b/;
const TOKENS = /\bid-token\b|\bwrite-all\b/;

/** Facts that a dispatch depends on and that no file holds. GitHub is only asked for those that these files need. */
export async function dispatchFacts(
  reader: Pick<RepositoryReader, 'reviewedEnvironments' | 'subjectClaims'>,
  files: readonly SourceFile[],
): Promise<Pick<DispatchTerms, 'reviewedEnvironments' | 'subjectClaims'>> {
  const names = (word: RegExp): boolean => files.some(({ text }) => word.test(text));
  const { reviewedEnvironments, subjectClaims } = PLAIN_TERMS;
  const environments = names(ENVIRONMENTS) ? await reader.reviewedEnvironments?.() : undefined;
  const claims = names(TOKENS) ? await reader.subjectClaims?.() : undefined;
  return {
    reviewedEnvironments: environments === undefined ? reviewedEnvironments : environments,
    subjectClaims: claims === undefined ? subjectClaims : claims,
  };
}
