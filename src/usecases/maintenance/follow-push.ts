import { CONFIG_PATH } from '../../config/parse.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import type { SeenRepository } from '../known-repository.ts';
import { touchWorkflows } from '../learning/touch-workflows.ts';
import { planRepository } from '../planning/plan-repository.ts';
import { renewProposal } from '../proposals/renew-proposal.ts';

export interface SeenPush {
  readonly headSha: string;
  /** Files that its commits have added, modified or removed. */
  readonly paths: readonly string[];
}

/** Follows a push to the default branch: reads changed workflow files, and plans anew by a changed config. */
export async function followPush(
  context: Context,
  seen: SeenRepository,
  { headSha, paths }: SeenPush,
): Promise<void> {
  if (paths.some(isWorkflowPath)) {
    await touchWorkflows(context, seen, headSha);
    await renewProposal(context, seen.id);
  }
  if (paths.includes(CONFIG_PATH)) {
    await planRepository(context, { repositoryId: seen.id, trigger: 'push' });
  }
}
