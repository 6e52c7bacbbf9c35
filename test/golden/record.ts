import { recordDemo } from './demo-life.ts';
import { recordSets } from './set-life.ts';
import { setRepositories } from './set-workflows.ts';
import type { Recording } from './texts.ts';

/** Why the repositories that are made from cron sets can be missing. */
export const NO_CRON_SETS =
  'The cron sets (../shared/data/cron-sets.json beside this checkout) are not there: their repositories are left out.';

/** Name of the demo's repository in a recording. */
export const DEMO = 'demo';

/** What the demo shows. */
export async function recordDemoAlone(): Promise<Recording> {
  return new Map([[DEMO, await recordDemo()]]);
}

/** What the repositories show that are made from cron sets; `null` where those are not on this machine. */
export async function recordSetsAlone(): Promise<Recording | null> {
  const repositories = setRepositories();
  return repositories === null ? null : recordSets(repositories);
}
