import { z } from 'zod';
import { parseCron } from '../cron/parse.ts';
import { isTimezone } from '../cron/timezone.ts';
import { OffbeatError } from '../errors.ts';
import type { Immutable } from '../immutable.ts';
import type { ScheduleKey } from './run.ts';

/** One schedule entry that may have fired. */
export interface ScheduleEntry {
  readonly key: ScheduleKey;
  readonly cron: string;
  readonly timezone: string;
}

const Clockwork = z.object({ cron: z.string(), timezone: z.string() });
type Clockwork = Immutable<z.infer<typeof Clockwork>>;

/** What is remembered of one entry: its ticks that runs have taken, newest last, and those that none has. */
export const EntryState = Clockwork.extend({
  /** The cron before the last edit, which may fire on until `until` (epoch ms). */
  previous: Clockwork.extend({ until: z.number() }).nullable(),
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

/** Which ticks of one workflow file earlier runs have taken. Small, plain JSON. */
export const MatchState = z.object({ entries: z.record(z.string(), EntryState) });
export type MatchState = Immutable<z.infer<typeof MatchState>>;

/** An edited cron, or one that was taken out, can fire on for a while. */
const OLD_CRON_FIRES_MS = 7 * 86_400_000;

export function emptyMatchState(): MatchState {
  return { entries: {} };
}

/**
 * The remembered entries brought up to what was in force at `at` (epoch ms), with an edited cron kept as a candidate for a
 * while. Of two entries with one key the second is what an edit has just replaced.
 */
export function withEntriesInForce(
  state: MatchState,
  entries: readonly ScheduleEntry[],
  at: number,
): MatchState {
  const byKey = Map.groupBy(entries.filter(canFire), ({ key }) => key);
  const next: Record<string, EntryState> = { ...state.entries };
  for (const [key, [inForce, replaced]] of byKey) {
    if (inForce === undefined) continue;
    const entry = entryInForce(next[key] ?? newEntry(inForce, at), inForce, at);
    const wasReplaced = replaced !== undefined && entry.previous === null && !isSame(entry, replaced);
    next[key] = wasReplaced
      ? { ...entry, previous: { ...clockwork(replaced), until: at + OLD_CRON_FIRES_MS } }
      : entry;
  }
  for (const [key, entry] of Object.entries(next)) {
    if (!byKey.has(key) && entry.seenAt + OLD_CRON_FIRES_MS < at) delete next[key];
  }
  return { ...state, entries: next };
}

function newEntry(inForce: ScheduleEntry, at: number): EntryState {
  return { ...clockwork(inForce), previous: null, taken: [], missed: [], phases: [], seenAt: at };
}

function entryInForce(entry: EntryState, inForce: ScheduleEntry, at: number): EntryState {
  if (at >= entry.seenAt) return { ...edited(entry, inForce, at), seenAt: at };
  if (isSame(entry, inForce)) return entry;
  // A run from before the edit whose event comes late: what has been learned since stays.
  return { ...entry, previous: { ...clockwork(inForce), until: entry.seenAt + OLD_CRON_FIRES_MS } };
}

function edited(entry: EntryState, inForce: ScheduleEntry, at: number): EntryState {
  if (isSame(entry, inForce)) return entry;
  return {
    ...entry,
    ...clockwork(inForce),
    previous: { ...clockwork(entry), until: at + OLD_CRON_FIRES_MS },
    missed: [],
    phases: [],
  };
}

function clockwork({ cron, timezone }: Clockwork): Clockwork {
  return { cron, timezone };
}

function isSame(one: Clockwork, other: Clockwork): boolean {
  return one.cron === other.cron && one.timezone === other.timezone;
}

/**
 * GitHub runs neither an invalid cron nor one in an unknown timezone: such an entry explains no run, and is reported
 * where the file is read.
 */
function canFire({ cron, timezone }: ScheduleEntry): boolean {
  if (!isTimezone(timezone)) return false;
  try {
    parseCron(cron);
    return true;
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'cron-invalid') return false;
    throw error;
  }
}
