import { z } from 'zod';
import { Alert, type AlertState, alertStateOf } from '../../proposal/alert.ts';
import type { Context } from '../context.ts';
import { alertsNow } from './alerts-now.ts';

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
