import { z } from 'zod';
import { readableCron } from '../cron/readable-cron.ts';
import type { Immutable } from '../immutable.ts';
import { WEEK_MS } from '../time.ts';
import { hasSameTicks, type PlacedEntry } from './identity.ts';

/** One schedule entry that may have fired. */
export type ScheduleEntry = Omit<PlacedEntry, 'path'>;

const CronAndTimezone = z.object({ cron: z.string(), timezone: z.string() });
type CronAndTimezone = Immutable<z.infer<typeof CronAndTimezone>>;

/** What is known of one entry: its ticks with a run (`taken`), newest last, and those without (`missed`). */
export const EntryState = CronAndTimezone.extend({
  /** The cron before the last edit, which may fire on until `until` (epoch ms). */
  previous: CronAndTimezone.extend({ until: z.number() }).nullable(),
  taken: z.array(
    z.object({ runId: z.number(), tick: z.number(), createdAt: z.number(), ambiguous: z.boolean() }),
  ),
  missed: z.array(z.number()),
  /** Lateness against the latest tick, as a share of the gap between ticks: the newest few. */
  phases: z.array(z.number()),
  /** When the entry was last in the file, epoch ms. */
  seenAt: z.number(),
});
export type EntryState = Immutable<z.infer<typeof EntryState>>;

/** Which ticks of one workflow file belong to earlier runs. Small, plain JSON. */
export const MatchState = z.object({ entries: z.record(z.string(), EntryState) });
export type MatchState = Immutable<z.infer<typeof MatchState>>;

/** For so long an edited or removed cron can still fire. */
const OLD_CRON_FIRES_MS = WEEK_MS;

export function emptyMatchState(): MatchState {
  return { entries: {} };
}

/**
 * The state with the entries that were in force at `at` (epoch ms). An edited cron is kept for a while, as it can
 * still fire. Of two entries with one key the second is the one that an edit has just replaced.
 */
export function withEntriesInForce(
  state: MatchState,
  entries: readonly ScheduleEntry[],
  at: number,
): MatchState {
  // An entry that is not readable has no runs; it is reported where the file is read.
  const byKey = Map.groupBy(
    entries.filter((entry) => readableCron(entry) !== null),
    ({ key }) => key,
  );
  const next: Record<string, EntryState> = { ...state.entries };
  for (const [key, [inForce, replaced]] of byKey) {
    if (inForce === undefined) continue;
    const entry = entryInForce(next[key] ?? newEntry(inForce, at), inForce, at);
    const wasReplaced = replaced !== undefined && entry.previous === null && !hasSameTicks(entry, replaced);
    next[key] = wasReplaced
      ? { ...entry, previous: { ...cronAndTimezone(replaced), until: at + OLD_CRON_FIRES_MS } }
      : entry;
  }
  for (const [key, entry] of Object.entries(next)) {
    if (!byKey.has(key) && entry.seenAt + OLD_CRON_FIRES_MS < at) delete next[key];
  }
  return { ...state, entries: next };
}

function newEntry(inForce: ScheduleEntry, at: number): EntryState {
  return { ...cronAndTimezone(inForce), previous: null, taken: [], missed: [], phases: [], seenAt: at };
}

function entryInForce(entry: EntryState, inForce: ScheduleEntry, at: number): EntryState {
  if (at >= entry.seenAt) return { ...edited(entry, inForce, at), seenAt: at };
  if (hasSameTicks(entry, inForce)) return entry;
  // The event of a run from before the edit comes late: the newer entry stays, with the older cron as its previous one.
  return { ...entry, previous: { ...cronAndTimezone(inForce), until: entry.seenAt + OLD_CRON_FIRES_MS } };
}

function edited(entry: EntryState, inForce: ScheduleEntry, at: number): EntryState {
  if (hasSameTicks(entry, inForce)) return entry;
  return {
    ...entry,
    ...cronAndTimezone(inForce),
    previous: { ...cronAndTimezone(entry), until: at + OLD_CRON_FIRES_MS },
    missed: [],
    phases: [],
  };
}

function cronAndTimezone({ cron, timezone }: CronAndTimezone): CronAndTimezone {
  return { cron, timezone };
}
