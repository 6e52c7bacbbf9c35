import type { Config } from '../../config/config.ts';
import { sharedRunners } from '../../config/runners.ts';
import { loadsTogether } from '../../plan/shared-load.ts';
import type { Context } from '../context.ts';
import type { RepositoryProfile } from '../ports.ts';
import type { PlanSources } from './plan-input.ts';

/** Expected jobs of an installation's other repositories on shared runners, by the newest rounds; else none. */
export async function jobsElsewhere(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  { id, installationId }: RepositoryProfile,
  config: Config,
): Promise<Pick<PlanSources, 'elsewhere'>> {
  const names = sharedRunners(config);
  if (names.length === 0) return {};
  const left = await store.sharedLoads(installationId);
  const others = left.filter(({ repositoryId }) => repositoryId !== id);
  return { elsewhere: loadsTogether(others, names, clock.now()) };
}
