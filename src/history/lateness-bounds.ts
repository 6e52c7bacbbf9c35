import { parseCron } from '../cron/parse.ts';
import { previousTick } from '../cron/ticks.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { EntryState } from './match-state.ts';
import type { ScheduleKey } from './run.ts';

/** How late a tick is expected to be, in minutes. */
export interface LatenessExpectation {
  readonly typicalMinutes: number;
  /** Nineteen in twenty are earlier. */
  readonly longestMinutes: number;
}

/** How late a tick (epoch ms) of an entry is expected to be. */
export type ExpectLateness = (key: ScheduleKey, tick: number) => LatenessExpectation;

/** Twelve hours is the longest lateness on record for a daily schedule. */
const LONGEST_ON_RECORD_MINUTES = 720;
/** An alarm that is raised earlier is false where a run comes later than nineteen in twenty. */
export const LONGEST_ON_RECORD_MS = LONGEST_ON_RECORD_MINUTES * MINUTE_MS;

/** What is expected where nothing is known. */
const UNKNOWN: LatenessExpectation = { typicalMinutes: 60, longestMinutes: LONGEST_ON_RECORD_MINUTES };
/** After so many runs in the first quarter of the gap, lateness is below the gap (by chance: 1 in 65,000). */
export const PHASES_KEPT = 8;
const PUNCTUAL_PHASE = 0.25;
/** After a longer time without runs the workflow was disabled, and its ticks were not missed. */
const LONGEST_SILENCE_MS = 14 * DAY_MS;
/** Gaps between ticks that silence must also exceed: a monthly schedule may miss two ticks in a row. */
const LONGEST_SILENCE_GAPS = 3;

/** Expects lateness as if nothing were known. */
export const expectUnknownLateness: ExpectLateness = () => UNKNOWN;

/** Whether the entry's runs have come so soon after their ticks that they cannot belong to earlier ones. */
function isPunctual(entry: EntryState): boolean {
  return entry.phases.length >= PHASES_KEPT && entry.phases.every((phase) => phase < PUNCTUAL_PHASE);
}

/** Largest plausible lateness in ms: the expected one, or half of the gap for a punctual entry. */
export function plausibleMs(entry: EntryState, tick: number, expectation: LatenessExpectation): number {
  const expected = expectation.longestMinutes * MINUTE_MS;
  if (!isPunctual(entry)) return expected;
  return Math.min(expected, gapBefore(entry, tick) / 2);
}

/** Minutes below which the entry's runs have stayed so far; infinity where it is not punctual. */
export function provenMinutes(entry: EntryState, tick: number): number {
  return isPunctual(entry) ? (PUNCTUAL_PHASE * gapBefore(entry, tick)) / MINUTE_MS : Number.POSITIVE_INFINITY;
}

/** Milliseconds from the tick before; infinity where there is none. */
export function gapBefore(entry: EntryState, tick: number): number {
  const before = previousTick(parseCron(entry.cron), entry.timezone, tick);
  return before === null ? Number.POSITIVE_INFINITY : tick - before;
}

/** Whether an entry has had no run for so long before `tick` that its workflow must have been disabled. */
export function wasDisabled(entry: EntryState, lastTick: number, tick: number): boolean {
  const longest = Math.max(LONGEST_SILENCE_MS, LONGEST_SILENCE_GAPS * gapBefore(entry, lastTick));
  return tick - lastTick > longest;
}
