import { StoredReport } from '../../render/report.ts';
import { configuredMode } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import { reportView } from '../questions/report-view.ts';

/** Writes what `/report` would say now, where the store keeps files. Reads the mode where it is not given. */
export async function keepReport(
  context: Context,
  repositoryId: number,
  configured?: 'observe' | 'suggest' | 'pause' | null,
): Promise<void> {
  if (context.store.keepReport === undefined) return;
  const state = await knownRepository(context, repositoryId);
  const view = reportView(
    context,
    state,
    configured === undefined ? await configuredMode(context, state) : configured,
  );
  await context.store.keepReport(repositoryId, StoredReport.parse({ version: 1, ...view }));
}
