import { z } from 'zod';
import { MatchState } from '../history/match-state.ts';
import type { Immutable } from '../immutable.ts';
import { Background } from './background.ts';
import { FINISHED_KEPT, LearnedRepository, ScheduleTrack, Stream } from './learned.ts';
import { numberList } from './number-list.ts';
import { Priors } from './priors.ts';

/** What changed in a record of parts, by name. A name stands in one of the two lists only. */
const partsChange = <Part extends z.ZodType>(part: Part) =>
  z.object({
    /** Parts that are new or differ, whole. */
    changed: z.record(z.string(), part).optional(),
    removed: z.array(z.string()).optional(),
  });

/**
 * What one step of learning changes in a `LearnedRepository`, by parts; parts that are not named stay. Plain JSON,
 * small against the whole. A whole replacement is a change that names `whole`; the other fields are then applied to it.
 */
export const LearnedChange = z.object({
  whole: LearnedRepository.optional(),
  streams: partsChange(Stream).optional(),
  matches: partsChange(MatchState).optional(),
  schedules: partsChange(ScheduleTrack).optional(),
  background: Background.optional(),
  /** Ids of finished runs, appended; the oldest beyond the bound go. */
  finished: numberList().optional(),
  priors: Priors.nullable().optional(),
});
export type LearnedChange = Immutable<z.infer<typeof LearnedChange>>;

interface PartsChange<Part> {
  readonly changed?: Readonly<Record<string, Part>> | undefined;
  readonly removed?: readonly string[] | undefined;
}

/** The learned state after a change; parts that the change does not name are shared with `learned`. */
export function applyLearnedChange(learned: LearnedRepository, change: LearnedChange): LearnedRepository {
  const base = change.whole ?? learned;
  const next = {
    ...base,
    streams: withParts(base.streams, change.streams),
    matches: withParts(base.matches, change.matches),
    schedules: withParts(base.schedules, change.schedules),
    background: change.background ?? base.background,
    finished: withFinished(base.finished, change.finished),
  };
  return change.priors === undefined ? next : { ...next, priors: change.priors };
}

function withParts<Part>(
  parts: Readonly<Record<string, Part>>,
  change: PartsChange<Part> | undefined,
): Readonly<Record<string, Part>> {
  if (change === undefined) return parts;
  const next = { ...parts };
  for (const name of change.removed ?? []) delete next[name];
  return Object.assign(next, change.changed);
}

function withFinished(finished: readonly number[], added: readonly number[] | undefined): readonly number[] {
  if (added === undefined || added.length === 0) return finished;
  const surplus = finished.length + added.length - FINISHED_KEPT;
  return (surplus > 0 ? finished.slice(surplus) : finished).concat(added);
}
