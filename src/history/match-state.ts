import { z } from 'zod';
import { parseCron } from '../cron/parse.ts';
import { OffbeatError } from '../errors.ts';
import type { ScheduleKey } from './run.ts';

/** One schedule entry that may have fired. */
export interface ScheduleEntry {
  readonly key: ScheduleKey;
  readonly cron: string;
  readonly timezone: string;
}

const Clockwork = z.object({ cron: z.string(), timezone: z.string() });
type Clockwork = z.infer<typeof Clockwork>;

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
export type EntryState = z.infer<typeof EntryState>;

/** Which ticks of one workflow file earlier runs have taken. Small, plain JSON, mutated in place. */
export const MatchState = z.object({ entries: z.record(z.string(), EntryState) });
export type MatchState = z.infer<typeof MatchState>;

/** An edited cron, or one that was taken out, can fire on for a while. */
const OLD_CRON_FIRES_MS = 7 * 86_400_000;

export function emptyMatchState(): MatchState {
  return { entries: {} };
}

/**
 * Brings the remembered entries up to what was in force at `at` (epoch ms), keeping an edited cron as a candidate for a
 * while. Of two entries with one key the second is what an edit has just replaced.
 */
export function takeOver(entries: readonly ScheduleEntry[], at: number, state: MatchState): void {
  const byKey = Map.groupBy(
    entries.filter(({ cron }) => canFire(cron)),
    ({ key }) => key,
  );
  for (const [key, [inForce, replaced]] of byKey) {
    if (inForce === undefined) continue;
    const entry = state.entries[key] ?? newEntry(inForce, at);
    state.entries[key] = entry;
    if (at >= entry.seenAt) {
      edit(entry, inForce, at);
      entry.seenAt = at;
    } else if (!isSame(entry, inForce)) {
      // A run from before the edit whose event comes late: what has been learned since stays.
      entry.previous = { ...clockwork(inForce), until: entry.seenAt + OLD_CRON_FIRES_MS };
    }
    if (replaced !== undefined && entry.previous === null && !isSame(entry, replaced)) {
      entry.previous = { ...clockwork(replaced), until: at + OLD_CRON_FIRES_MS };
    }
  }
  for (const [key, entry] of Object.entries(state.entries)) {
    if (!byKey.has(key) && entry.seenAt + OLD_CRON_FIRES_MS < at) delete state.entries[key];
  }
}

function newEntry(inForce: ScheduleEntry, at: number): EntryState {
  return { ...clockwork(inForce), previous: null, taken: [], missed: [], phases: [], seenAt: at };
}

function edit(entry: EntryState, inForce: ScheduleEntry, at: number): void {
  if (isSame(entry, inForce)) return;
  entry.previous = { ...clockwork(entry), until: at + OLD_CRON_FIRES_MS };
  entry.cron = inForce.cron;
  entry.timezone = inForce.timezone;
  entry.missed = [];
  entry.phases = [];
}

function clockwork({ cron, timezone }: Clockwork): Clockwork {
  return { cron, timezone };
}

function isSame(one: Clockwork, other: Clockwork): boolean {
  return one.cron === other.cron && one.timezone === other.timezone;
}

/** GitHub runs no invalid cron: such an entry explains no run, and is reported where the file is read. */
function canFire(cron: string): boolean {
  try {
    parseCron(cron);
    return true;
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'cron-invalid') return false;
    throw error;
  }
}
