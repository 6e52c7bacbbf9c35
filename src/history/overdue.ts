import { parseCron } from '../cron/parse.ts';
import { previousTick, ticksBetween } from '../cron/ticks.ts';
import { hasSameTicks } from './identity.ts';
import { type ExpectLateness, expectUnknownLateness, plausibleMs, wasDisabled } from './lateness-bounds.ts';
import type { MissedTick } from './match.ts';
import type { MatchState, ScheduleEntry } from './match-state.ts';

/**
 * Ticks without a run for which none is expected any more at `now` (epoch ms): what a schedule has missed since its
 * last run, found without any event. Entries that were not in the file at the newest run, or whose cron was edited
 * recently, are left out.
 */
export function overdueTicks(
  state: MatchState,
  now: number,
  expect: ExpectLateness = expectUnknownLateness,
): readonly MissedTick[] {
  const entries = Object.entries(state.entries);
  const newest = entries.reduce((latest, [, { seenAt }]) => Math.max(latest, seenAt), 0);
  return entries.flatMap(([key, entry]): readonly MissedTick[] => {
    const last = entry.taken.at(-1);
    const isEdited = entry.previous !== null && now <= entry.previous.until;
    if (last === undefined || isEdited || entry.seenAt < newest) return [];
    return ticksBetween(parseCron(entry.cron), entry.timezone, last.tick + 1, now)
      .filter((tick) => now - tick > plausibleMs(entry, tick, expect(key, tick)))
      .map((tick) => ({ key, tick, kind: last.ambiguous ? 'unclear' : 'dropped' }));
  });
}

/**
 * Creation of a file's newest scheduled run (epoch ms) where none has come since for longer than the entry's rhythm
 * allows; `null` where one may still come, or the cron was edited since. `heardAt` is the creation of the repository's
 * newest run: after it nobody knows. Runs of all entries of the file count: a workflow is disabled as a whole, and
 * which of them a run belongs to can be unclear.
 */
export function lastRunBeforeSilence(
  state: MatchState,
  wanted: ScheduleEntry,
  heardAt: number,
): number | null {
  const entry = state.entries[wanted.key];
  if (entry === undefined || !hasSameTicks(entry, wanted)) return null;
  const taken = Object.values(state.entries).flatMap((one) => one.taken);
  if (taken.length === 0) return null;
  const last = Math.max(...taken.map(({ createdAt }) => createdAt));
  const lastTick = previousTick(parseCron(entry.cron), entry.timezone, last + 1) ?? last;
  return wasDisabled(entry, lastTick, heardAt) ? last : null;
}
