import { parseCron } from '../cron/parse.ts';
import { previousTick, ticksBetween } from '../cron/ticks.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import {
  type ExpectLateness,
  expectUnknownLateness,
  gapBefore,
  PHASES_KEPT,
  plausibleMs,
  provenMinutes,
  wasDisabled,
} from './lateness-bounds.ts';
import { type EntryState, type MatchState, type ScheduleEntry, withEntriesInForce } from './match-state.ts';
import type { Run, ScheduleKey } from './run.ts';

/**
 * Why a tick has no run. `merged`: it could still have been pending when the run of a later tick was created, and
 * GitHub makes one run of both. `dropped`: it could not. `unclear`: the tick of that run is ambiguous.
 */
export type MissedKind = 'merged' | 'dropped' | 'unclear';

export interface MissedTick {
  readonly key: ScheduleKey;
  readonly tick: number;
  readonly kind: MissedKind;
}

export interface Match {
  readonly scheduleKey: ScheduleKey;
  readonly tick: number;
  /** More than one tick is plausible. */
  readonly ambiguous: boolean;
  /** Ticks of the same entry since its previous run that have no run. */
  readonly missed: readonly MissedTick[];
  /** The tick was reported as missed before this run came. */
  readonly recovered: boolean;
  /** The run was matched before; nothing has changed. */
  readonly repeated: boolean;
}

/** Runs have been seen a little before their tick: GitHub's clocks differ. */
const CLOCK_SKEW_MS = 2 * MINUTE_MS;
/** A run more than a day after a tick does not belong to it. */
const LONGEST_LATENESS_MS = DAY_MS;
const TAKEN_KEPT = 24;
const MISSED_KEPT = 48;
/** Penalty for a match in which one cron of a file overtakes another: as if it were three times as late as expected. */
const OVERTAKING = Math.log(3);
/** Penalty for a run later than the longest expected lateness, which one run in twenty is. */
const TOO_LATE = Math.log(20);
/** Penalty for a late run of a punctual schedule: one in so many looks punctual by chance (`PHASES_KEPT`). */
const NOT_PUNCTUAL = Math.log(65_000);
/** Added to minutes before logs are compared, so that 1 and 3 minutes are about the same. */
const ADDED_MINUTES = 5;

interface Candidate {
  readonly key: ScheduleKey;
  readonly entry: EntryState;
  readonly tick: number;
  readonly minutes: number;
  readonly old: boolean;
}

/** A time of which nobody knows what has run, epoch ms, both ends included. */
export interface Unwatched {
  readonly from: number;
  readonly to: number;
}

/** A match, and the state after it. */
export interface Matched {
  readonly match: Match | null;
  readonly state: MatchState;
}

/**
 * Finds the tick that a scheduled run belongs to: `null` where there is none, or the run is no first attempt of a
 * schedule. Runs keep their order: none is matched to a tick before that of an earlier run of the same entry.
 * `expect` gives the expected lateness of a tick. A run that was matched before gets the same match, and the state
 * does not change. Of ticks in a time that nobody has watched none counts as missed.
 */
export function matchRun(
  entries: readonly ScheduleEntry[],
  run: Run,
  before: MatchState,
  expect: ExpectLateness = expectUnknownLateness,
  unwatched: Unwatched | null = null,
): Matched {
  if (run.event !== 'schedule' || run.attempt !== 1) return { match: null, state: before };
  const repeated = matchedBefore(before, run.id);
  if (repeated !== null) return { match: repeated, state: before };
  const state = withEntriesInForce(before, entries, run.createdAt);

  const candidates = Object.entries(state.entries).flatMap(([key, entry]) =>
    candidatesOf(key, entry, run.createdAt),
  );
  const best = mostLikely(candidates, state, run.createdAt, expect);
  if (best === undefined) return { match: null, state };

  const { key, tick, entry } = best;
  const longestMs = plausibleMs(entry, tick, expect(key, tick));
  const ambiguous = isAmbiguous(best, candidates, state, longestMs, run.createdAt);
  const missed = missedBefore(best, run.createdAt, longestMs, ambiguous).filter(
    (one) => unwatched === null || one.tick < unwatched.from || one.tick > unwatched.to,
  );
  const recovered = entry.missed.includes(tick);
  const taken = { runId: run.id, tick, createdAt: run.createdAt, ambiguous };
  const stillMissed = recovered ? entry.missed.filter((one) => one !== tick) : entry.missed;
  const after: EntryState = {
    ...entry,
    phases: phasesAfter(entry, run.createdAt),
    taken: [...entry.taken, taken].sort((a, b) => a.tick - b.tick).slice(-TAKEN_KEPT),
    missed: [...stillMissed, ...missed.map((one) => one.tick)].slice(-MISSED_KEPT),
  };
  return {
    match: { scheduleKey: key, tick, ambiguous, missed, recovered, repeated: false },
    state: { ...state, entries: { ...state.entries, [key]: after } },
  };
}

function matchedBefore(state: MatchState, runId: number): Match | null {
  for (const [key, entry] of Object.entries(state.entries)) {
    const taken = entry.taken.find((one) => one.runId === runId);
    if (taken === undefined) continue;
    const { tick, ambiguous } = taken;
    return { scheduleKey: key, tick, ambiguous, missed: [], recovered: false, repeated: true };
  }
  return null;
}

/** Ticks of one entry that the run may belong to and that keep the order of its runs. */
function candidatesOf(key: ScheduleKey, entry: EntryState, createdAt: number): readonly Candidate[] {
  let after = createdAt - LONGEST_LATENESS_MS;
  let before = createdAt + CLOCK_SKEW_MS;
  for (const taken of entry.taken) {
    if (taken.createdAt <= createdAt) after = Math.max(after, taken.tick);
    else before = Math.min(before, taken.tick - 1);
  }
  const ticks = (
    { cron, timezone }: { cron: string; timezone: string },
    old: boolean,
  ): readonly Candidate[] =>
    ticksBetween(parseCron(cron), timezone, after + 1, before + 1).map((tick) => ({
      key,
      entry,
      tick,
      minutes: Math.max(0, createdAt - tick) / MINUTE_MS,
      old,
    }));
  const present = ticks(entry, false);
  const { previous } = entry;
  return previous === null || createdAt > previous.until ? present : [...present, ...ticks(previous, true)];
}

/** The candidate with the least surprising lateness that overtakes the fewest ticks of others; else the later. */
function mostLikely(
  candidates: readonly Candidate[],
  state: MatchState,
  createdAt: number,
  expect: ExpectLateness,
): Candidate | undefined {
  const overtaken = overtakenBy(candidates, state, createdAt, expect);
  let best: Candidate | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = surprise(candidate, expect) + OVERTAKING * overtaken(candidate);
    if (distance < least || (distance === least && candidate.tick > (best?.tick ?? 0))) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** How far a candidate's lateness is from the expected one, as the log of their ratio, plus penalties. */
function surprise({ entry, key, tick, minutes }: Candidate, expect: ExpectLateness): number {
  const { typicalMinutes, longestMinutes } = expect(key, tick);
  const proven = provenMinutes(entry, tick);
  const expected = Math.min(typicalMinutes, proven);
  const ratio = Math.abs(Math.log((minutes + ADDED_MINUTES) / (expected + ADDED_MINUTES)));
  return ratio + (minutes > longestMinutes ? TOO_LATE : 0) + (minutes > proven ? NOT_PUNCTUAL : 0);
}

/** Counts the other entries whose order of ticks and runs a candidate would break. */
function overtakenBy(
  candidates: readonly Candidate[],
  state: MatchState,
  createdAt: number,
  expect: ExpectLateness,
): (candidate: Candidate) => number {
  const others = Object.entries(state.entries).map(([key, { taken }]) => {
    const waiting = candidates.find(
      (one) => one.key === key && one.minutes <= expect(key, one.tick).longestMinutes,
    );
    const given = taken.findLast((one) => one.createdAt <= createdAt);
    return {
      key,
      pending: waiting?.tick ?? Number.POSITIVE_INFINITY,
      matched: given?.tick ?? Number.NEGATIVE_INFINITY,
    };
  });
  return ({ key, tick }) =>
    others.filter((other) => other.key !== key && (other.pending < tick || other.matched > tick)).length;
}

/** Whether another tick is as plausible, or an ambiguous match may have taken the run's own. */
function isAmbiguous(
  best: Candidate,
  candidates: readonly Candidate[],
  state: MatchState,
  longestMs: number,
  createdAt: number,
): boolean {
  const plausible = (tick: number): boolean => createdAt - tick <= longestMs;
  if (candidates.some((other) => other !== best && plausible(other.tick))) return true;
  // An ambiguous match of an earlier run makes this one ambiguous, as long as its tick could have been this run's.
  return Object.values(state.entries).some(({ taken }) =>
    taken.some((one) => one.ambiguous && plausible(one.tick)),
  );
}

/** Ticks without a run between the entry's previous run and this one. */
function missedBefore(
  best: Candidate,
  createdAt: number,
  longestMs: number,
  ambiguous: boolean,
): readonly MissedTick[] {
  if (best.old) return [];
  const { entry, key, tick } = best;
  const last = entry.taken.filter((taken) => taken.tick < tick).at(-1);
  const afterEdit = entry.previous !== null && createdAt <= entry.previous.until;
  if (last === undefined || afterEdit || wasDisabled(entry, last.tick, tick)) return [];
  return ticksBetween(parseCron(entry.cron), entry.timezone, last.tick + 1, tick)
    .filter((between) => !entry.missed.includes(between))
    .map((between) => {
      const merged = createdAt - between <= longestMs;
      return { key, tick: between, kind: ambiguous ? 'unclear' : merged ? 'merged' : 'dropped' };
    });
}

/** The entry's phases with that of a run created now. */
function phasesAfter(entry: EntryState, createdAt: number): readonly number[] {
  const latest = previousTick(parseCron(entry.cron), entry.timezone, createdAt + CLOCK_SKEW_MS);
  if (latest === null) return entry.phases;
  return [...entry.phases, Math.max(0, createdAt - latest) / gapBefore(entry, latest)].slice(-PHASES_KEPT);
}
