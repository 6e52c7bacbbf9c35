import type { Run } from '../../history/run.ts';
import type { Context } from '../context.ts';
import { knownRepository, type SeenRepository } from '../known-repository.ts';
import { isMaintenanceDue, runTimedMaintenance } from '../maintenance/run-maintenance.ts';
import { isDecisionDue } from '../planning/is-decision-due.ts';
import { planRepository } from '../planning/plan-repository.ts';
import { unlessGitHubPauses, unlessRefused } from '../unless-refused.ts';
import { observeRun } from './observe-run.ts';

/** Learns from a run that has ended; then plans and maintains its repository, each where it is due. */
export async function followRun(context: Context, seen: SeenRepository, run: Run): Promise<void> {
  await observeRun(context, seen, run);
  const now = context.clock.now();
  if (isDecisionDue(await knownRepository(context, seen.id), now)) {
    await unlessRefused(context, seen.id, 'planning', () =>
      unlessGitHubPauses(context, seen.id, () =>
        planRepository(context, { repositoryId: seen.id, trigger: 'run' }),
      ),
    );
  }
  if (isMaintenanceDue(await knownRepository(context, seen.id), now)) {
    await runTimedMaintenance(context, seen.id);
  }
}
