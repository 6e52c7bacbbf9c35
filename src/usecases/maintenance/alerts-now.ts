import { z } from 'zod';
import { OffbeatError } from '../../errors.ts';
import { Alert, type AlertState, afterLook, alertStateOf, withAcknowledged } from '../../proposal/alert.ts';
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

/** An alert with the repository that it is about, as `OWNER/REPO`. */
export const PlacedAlert = Alert.extend({ repository: z.string() });
export type PlacedAlert = z.infer<typeof PlacedAlert>;

const URGENCY = { critical: 0, warning: 1, info: 2 } as const;

/** Alerts of all repositories, most urgent, then newest first; without a state, all but resolved. Store only. */
export async function allAlerts(
  context: Pick<Context, 'store' | 'clock'>,
  state?: AlertState,
): Promise<readonly PlacedAlert[]> {
  const found: PlacedAlert[] = [];
  for (const { id, owner, name, removedAt } of await context.store.profiles()) {
    const repository = removedAt === null ? await context.store.load(id) : undefined;
    if (repository === undefined) continue;
    for (const alert of await alertsNow(context, repository)) {
      const isAsked = state === undefined ? alert.resolvedAt === null : alertStateOf(alert) === state;
      if (isAsked) found.push({ ...alert, repository: `${owner}/${name}` });
    }
  }
  return found.sort(
    (one, other) => URGENCY[one.severity] - URGENCY[other.severity] || other.openedAt - one.openedAt,
  );
}
