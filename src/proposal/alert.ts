import { z } from 'zod';
import { DAY_MS } from '../time.ts';

/** Resolved alerts are listed for so long. */
const LISTED_MS = 90 * DAY_MS;
const MOST_KEPT = 200;

/** How soon a person should look: `critical` now, `warning` within days, `info` when there is time. */
export const Severity = z.enum(['critical', 'warning', 'info']);
export type Severity = z.infer<typeof Severity>;

/** Something that is amiss in a repository, as it is found each time anew. */
export interface Finding {
  /** The same for as long as the same thing is amiss. */
  readonly key: string;
  readonly severity: Severity;
  readonly sentence: string;
}

/** Something that a person should look at, from the time when it was found until it is over. Instants are epoch ms. */
export const Alert = z.object({
  /** `a1`, `a2`, …: by what people name it. */
  id: z.string(),
  key: z.string(),
  severity: Severity,
  /** As it was found last. */
  sentence: z.string(),
  openedAt: z.number(),
  /** Who has taken it on; `null` while nobody has. */
  acknowledged: z.object({ at: z.number(), by: z.string().nullable() }).nullable(),
  /** When it was found no more; `null` while it stands. */
  resolvedAt: z.number().nullable(),
});
export type Alert = z.infer<typeof Alert>;

export const AlertState = z.enum(['open', 'acknowledged', 'resolved']);
export type AlertState = z.infer<typeof AlertState>;

/** Where an alert is in its life: one that is resolved stays so, and the same thing later is another alert. */
export function alertStateOf({ acknowledged, resolvedAt }: Alert): AlertState {
  if (resolvedAt !== null) return 'resolved';
  return acknowledged === null ? 'open' : 'acknowledged';
}

/**
 * The alerts after a look at `now`: a new finding opens an alert, a finding seen before keeps its own, and an alert
 * whose finding is gone is resolved. `before` itself where nothing has changed.
 */
export function afterLook(
  before: readonly Alert[],
  found: readonly Finding[],
  now: number,
): readonly Alert[] {
  const findings = new Map(found.map((one) => [one.key, one]));
  const standing = new Set(before.filter(({ resolvedAt }) => resolvedAt === null).map(({ key }) => key));
  const kept = before
    .filter(({ resolvedAt }) => resolvedAt === null || now - resolvedAt <= LISTED_MS)
    .map((alert) => afterFinding(alert, findings.get(alert.key), now));
  let number = Math.max(0, ...before.map(({ id }) => Number(id.slice(1))));
  const opened = [...findings.values()]
    .filter(({ key }) => !standing.has(key))
    .map(({ key, severity, sentence }): Alert => {
      number += 1;
      return {
        id: `a${number}`,
        key,
        severity,
        sentence,
        openedAt: now,
        acknowledged: null,
        resolvedAt: null,
      };
    });
  const after = [...kept, ...opened].slice(-MOST_KEPT);
  const isSame = after.length === before.length && after.every((alert, at) => alert === before[at]);
  return isSame ? before : after;
}

function afterFinding(alert: Alert, finding: Finding | undefined, now: number): Alert {
  if (alert.resolvedAt !== null) return alert;
  if (finding === undefined) return { ...alert, resolvedAt: now };
  const { severity, sentence } = finding;
  return severity === alert.severity && sentence === alert.sentence
    ? alert
    : { ...alert, severity, sentence };
}

/** The alerts with one taken on; `null` where none of that name stands. The first who takes it stays named. */
export function withAcknowledged(
  alerts: readonly Alert[],
  id: string,
  acknowledged: NonNullable<Alert['acknowledged']>,
): readonly Alert[] | null {
  if (!alerts.some((alert) => alert.id === id && alert.resolvedAt === null)) return null;
  return alerts.map((alert) =>
    alert.id === id && alert.acknowledged === null ? { ...alert, acknowledged } : alert,
  );
}
