import { CONFIG_PATH } from '../../config/parse.ts';
import { isWorkflowPath } from '../../workflow/paths.ts';
import type { Context } from '../context.ts';
import type { SeenRepository } from '../known-repository.ts';
import { touchWorkflows } from '../learning/touch-workflows.ts';
import { planRepository } from '../planning/plan-repository.ts';
import { renewProposal } from '../proposals/renew-proposal.ts';
import { retryRefused, unlessRefused } from '../refusals.ts';

export interface SeenPush {
  readonly headSha: string;
  /** The commit that it has replaced. */
  readonly before: string;
  /** Files that its commits have added, modified or removed. */
  readonly paths: readonly string[];
}

/** Follows a push to the default branch: reads changed workflow files, and plans anew by a changed config. */
export async function followPush(
  context: Context,
  seen: SeenRepository,
  { headSha, before, paths }: SeenPush,
): Promise<void> {
  const touchesWorkflows = paths.some(isWorkflowPath);
  const touchesConfig = paths.includes(CONFIG_PATH);
  if (touchesWorkflows || touchesConfig) await retryRefused(context, seen.id);
  if (touchesWorkflows) {
    await unlessRefused(context, seen.id, 'workflow files', () =>
      touchWorkflows(context, seen, headSha, before),
    );
    await unlessRefused(context, seen.id, 'planning', () => renewProposal(context, seen.id));
  }
  if (touchesConfig) {
    await unlessRefused(context, seen.id, 'planning', () =>
      planRepository(context, { repositoryId: seen.id, trigger: 'push' }),
    );
  }
}
