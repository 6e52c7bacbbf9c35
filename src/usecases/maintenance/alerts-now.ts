import { OffbeatError } from '../../errors.ts';
import { type Alert, afterLook, withAcknowledged } from '../../proposal/alert.ts';
import { audited } from '../../proposal/audit.ts';
import type { Context } from '../context.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState } from '../ports.ts';
import { findAlerts, findSetbacks } from './find-alerts.ts';

/** The alerts of a repository as they stand now, oldest first. Reads the store only. */
export async function alertsNow(
  context: Pick<Context, 'store' | 'clock'>,
  state: RepositoryState,
): Promise<readonly Alert[]> {
  const now = context.clock.now();
  const pool = await context.store.loadLatenessPool();
  const found = [...findAlerts(state, pool, now), ...findSetbacks(state)];
  return afterLook(state.care.alerts ?? [], found, now);
}

/** The bookkeeping with these alerts; itself where there are none, and were none. */
export function withAlerts(care: RepositoryState['care'], alerts: readonly Alert[]): RepositoryState['care'] {
  return alerts.length + (care.alerts ?? []).length === 0 ? care : { ...care, alerts: [...alerts] };
}

/** Takes an alert on for person `by` (`null`: operator). Returns all. Throws `not-found` where it does not stand. */
export async function acknowledgeAlert(
  context: Context,
  repositoryId: number,
  id: string,
  by: string | null,
): Promise<readonly Alert[]> {
  const state = await knownRepository(context, repositoryId);
  const at = context.clock.now();
  const alerts = withAcknowledged(await alertsNow(context, state), id, { at, by });
  if (alerts === null) {
    throw new OffbeatError('not-found', `There is no alert "${id}" that stands here.`, {
      fix: 'List them with alerts.',
    });
  }
  await context.store.apply(repositoryId, {
    care: withAlerts(state.care, alerts),
    auditEvents: [audited('wish', at, by, `Took the alert ${id} on.`)],
  });
  return alerts;
}
