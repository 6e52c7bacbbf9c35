import { parseCron } from '../cron/parse.ts';
import { previousTick, ticksBetween } from '../cron/ticks.ts';
import { type EntryState, type MatchState, type ScheduleEntry, withEntriesInForce } from './match-state.ts';
import {
  type Expect,
  expectAnything,
  gapBefore,
  PHASES_KEPT,
  plausibleMs,
  provenMinutes,
  wasOff,
} from './patience.ts';
import type { Run, ScheduleKey } from './run.ts';

/**
 * Why a tick has no run. `merged`: it could still have been pending when the run of a later tick was created, and
 * GitHub makes one run of both. `dropped`: it could not. `unclear`: the run's own tick is in doubt.
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
  /** Ticks of the same entry since the run before, which no run has taken. */
  readonly missed: readonly MissedTick[];
  /** The tick had been reported as missed before this run came. */
  readonly recovered: boolean;
  /** The run was matched before; nothing has changed. */
  readonly repeated: boolean;
}

const MS_PER_MINUTE = 60_000;

/** Runs have been seen a little before their tick: GitHub's clocks differ. */
const CLOCK_SKEW_MS = 2 * MS_PER_MINUTE;
/** Later than a day is no lateness any more: no tick explains the run. */
const LONGEST_LATENESS_MS = 24 * 60 * MS_PER_MINUTE;
const TAKEN_KEPT = 24;
const MISSED_KEPT = 48;
/** What it takes to believe that one cron of a file was overtaken by another: three times the lateness expected. */
const OVERTAKING = Math.log(3);
/** One run in twenty is later than the longest lateness that is expected. */
const TOO_LATE = Math.log(20);
/** By chance one schedule in so many would look punctual (`PHASES_KEPT`) without being it. */
const AGAINST_PROOF = Math.log(65_000);
/** Added to minutes before logs are compared, so that 1 and 3 minutes are about the same. */
const SOFT_MINUTES = 5;

interface Candidate {
  readonly key: ScheduleKey;
  readonly entry: EntryState;
  readonly tick: number;
  readonly minutes: number;
  readonly old: boolean;
}

/** A match and what is remembered after it. */
export interface Matched {
  readonly match: Match | null;
  readonly state: MatchState;
}

/**
 * Finds the tick that explains a scheduled run: `null` where none does, or the run is no first attempt of a schedule. Order
 * is preserved: a run never takes a tick before the one that an earlier run of the same entry took. `expect` says how late
 * a tick of an entry is expected to be. The same run again is matched as before, and changes nothing.
 */
export function matchRun(
  entries: readonly ScheduleEntry[],
  run: Run,
  before: MatchState,
  expect: Expect = expectAnything,
): Matched {
  if (run.event !== 'schedule' || run.attempt !== 1) return { match: null, state: before };
  const repeated = matchedBefore(before, run.id);
  if (repeated !== null) return { match: repeated, state: before };
  const state = withEntriesInForce(before, entries, run.createdAt);

  const candidates = Object.entries(state.entries).flatMap(([key, entry]) =>
    candidatesOf(key, entry, run.createdAt),
  );
  const best = likeliest(candidates, state, run.createdAt, expect);
  if (best === undefined) return { match: null, state };

  const { key, tick, entry } = best;
  const longestMs = plausibleMs(entry, tick, expect(key, tick));
  const ambiguous = isAmbiguous(best, candidates, state, longestMs, run.createdAt);
  const missed = missedBefore(best, run.createdAt, longestMs, ambiguous);
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
    return {
      scheduleKey: key,
      tick: taken.tick,
      ambiguous: taken.ambiguous,
      missed: [],
      recovered: false,
      repeated: true,
    };
  }
  return null;
}

/** Free ticks of one entry that keep the order of its runs. */
function candidatesOf(key: ScheduleKey, entry: EntryState, createdAt: number): readonly Candidate[] {
  let after = createdAt - LONGEST_LATENESS_MS;
  let before = createdAt + CLOCK_SKEW_MS;
  for (const taken of entry.taken) {
    if (taken.createdAt <= createdAt) after = Math.max(after, taken.tick);
    else before = Math.min(before, taken.tick - 1);
  }
  const ticks = (clockwork: { cron: string; timezone: string }, old: boolean): readonly Candidate[] =>
    ticksBetween(parseCron(clockwork.cron), clockwork.timezone, after + 1, before + 1).map((tick) => ({
      key,
      entry,
      tick,
      minutes: Math.max(0, createdAt - tick) / MS_PER_MINUTE,
      old,
    }));
  const present = ticks(entry, false);
  const { previous } = entry;
  return previous === null || createdAt > previous.until ? present : [...present, ...ticks(previous, true)];
}

/**
 * The candidate whose lateness is nearest to what is expected, as a ratio, and which overtakes no tick of another entry;
 * the later tick where two are alike.
 */
function likeliest(
  candidates: readonly Candidate[],
  state: MatchState,
  createdAt: number,
  expect: Expect,
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

/** How far a candidate's lateness is from what is expected, in log units: its ratio, and what speaks against it. */
function surprise({ entry, key, tick, minutes }: Candidate, expect: Expect): number {
  const { typicalMinutes, longestMinutes } = expect(key, tick);
  const proven = provenMinutes(entry, tick);
  const expected = Math.min(typicalMinutes, proven);
  const ratio = Math.abs(Math.log((minutes + SOFT_MINUTES) / (expected + SOFT_MINUTES)));
  return ratio + (minutes > longestMinutes ? TOO_LATE : 0) + (minutes > proven ? AGAINST_PROOF : 0);
}

/**
 * Counts the other entries whose order a candidate would break: one waits with an earlier tick that its run may still
 * take, or has given a later tick to an earlier run.
 */
function overtakenBy(
  candidates: readonly Candidate[],
  state: MatchState,
  createdAt: number,
  expect: Expect,
): (candidate: Candidate) => number {
  const others = Object.entries(state.entries).map(([key, { taken }]) => {
    const waiting = candidates.find(
      (one) => one.key === key && one.minutes <= expect(key, one.tick).longestMinutes,
    );
    const given = taken.findLast((one) => one.createdAt <= createdAt);
    return {
      key,
      waits: waiting?.tick ?? Number.POSITIVE_INFINITY,
      gave: given?.tick ?? Number.NEGATIVE_INFINITY,
    };
  });
  return ({ key, tick }) =>
    others.filter((other) => other.key !== key && (other.waits < tick || other.gave > tick)).length;
}

function isAmbiguous(
  best: Candidate,
  candidates: readonly Candidate[],
  state: MatchState,
  longestMs: number,
  createdAt: number,
): boolean {
  const plausible = (tick: number): boolean => createdAt - tick <= longestMs;
  if (candidates.some((other) => other !== best && plausible(other.tick))) return true;
  // A doubt about a run before is a doubt about this one, as long as its tick could have been this one's.
  return Object.values(state.entries).some(({ taken }) =>
    taken.some((one) => one.ambiguous && plausible(one.tick)),
  );
}

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
  if (last === undefined || afterEdit || wasOff(entry, last.tick, tick)) return [];
  return ticksBetween(parseCron(entry.cron), entry.timezone, last.tick + 1, tick)
    .filter((between) => !entry.missed.includes(between))
    .map((between) => {
      const merged = createdAt - between <= longestMs;
      return { key, tick: between, kind: ambiguous ? 'unclear' : merged ? 'merged' : 'dropped' };
    });
}

function phasesAfter(entry: EntryState, createdAt: number): readonly number[] {
  const latest = previousTick(parseCron(entry.cron), entry.timezone, createdAt + CLOCK_SKEW_MS);
  if (latest === null) return entry.phases;
  return [...entry.phases, Math.max(0, createdAt - latest) / gapBefore(entry, latest)].slice(-PHASES_KEPT);
}
