import type { ScheduleKey } from './run.ts';

/** One cron of a workflow file; entries of a file are given in the order in which they stand there. */
export interface PlacedEntry {
  readonly key: ScheduleKey;
  readonly path: string;
  readonly cron: string;
  readonly timezone: string;
}

/** A workflow file that has another path now. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}

/** A cron that a proposal has changed, or may just have. */
export interface KnownMove {
  readonly key: ScheduleKey;
  readonly from: string;
  readonly to: string;
}

/** What became of one entry. */
export interface Succession<Entry extends PlacedEntry = PlacedEntry> {
  readonly was: Entry;
  /** `null` where it is not there any more. */
  readonly is: Entry | null;
}

/** What else is known of a change of workflow files. */
export interface ChangeHints<Entry extends PlacedEntry> {
  readonly renames?: readonly Rename[];
  /** What proposals have moved: the new cron at the same place is still the same schedule. */
  readonly moves?: readonly KnownMove[];
  /** Entries that are gone already, the newest last: one that is put back is the same schedule again. */
  readonly gone?: readonly Entry[];
}

/** Five fields and the timezone. */
const FIELDS = 6;
/** Minute and hour are what people edit: an entry that is at another place and differs in more is another schedule. */
const FIELDS_EDITED = 2;
/** The same place counts as much as so many more equal fields. */
const SAME_PLACE = FIELDS_EDITED;

/**
 * What became of each entry of `before`, and of each gone one that is back. Within a file, and the one that it was
 * renamed to, entries go together that have the same cron and timezone; then those at the same place, or alike but for
 * minute and hour. No entry of `after` follows two others.
 */
export function followEntries<Entry extends PlacedEntry>(
  before: readonly Entry[],
  after: readonly Entry[],
  { renames = [], moves = [], gone = [] }: ChangeHints<Entry> = {},
): readonly Succession<Entry>[] {
  const newPaths = new Map(renames.map(({ from, to }) => [from, to]));
  const pathNow = ({ path }: Entry): string => newPaths.get(path) ?? path;
  const oldByPath = Map.groupBy(before, pathNow);
  const newByPath = Map.groupBy(after, ({ path }) => path);
  const pairs = new Map<Entry, Entry>();
  for (const [path, old] of oldByPath) {
    for (const [was, is] of pairsOf(old, newByPath.get(path) ?? [], moves)) pairs.set(was, is);
  }
  const taken = new Set(pairs.values());
  const back = gone.toReversed().flatMap((was): readonly Succession<Entry>[] => {
    const is = newByPath.get(pathNow(was))?.find((one) => !taken.has(one) && hasSameTicks(one, was));
    if (is === undefined) return [];
    taken.add(is);
    return [{ was, is }];
  });
  return [...before.map((was) => ({ was, is: pairs.get(was) ?? null })), ...back];
}

/** Whether two entries have the same cron and timezone. */
export function hasSameTicks(
  one: Pick<PlacedEntry, 'cron' | 'timezone'>,
  other: Pick<PlacedEntry, 'cron' | 'timezone'>,
): boolean {
  return one.cron === other.cron && one.timezone === other.timezone;
}

/** Entries of one file that go together; a file that two others were renamed to is no case that Git knows. */
function pairsOf<Entry extends PlacedEntry>(
  before: readonly Entry[],
  after: readonly Entry[],
  moves: readonly KnownMove[],
): ReadonlyMap<Entry, Entry> {
  const pairs = new Map<Entry, Entry>();
  const taken = new Set<Entry>();
  const pair = (was: Entry, is: Entry | undefined): void => {
    if (is === undefined || pairs.has(was) || taken.has(is)) return;
    pairs.set(was, is);
    taken.add(is);
  };
  const pairPlaces = (belong: (was: Entry, is: Entry) => boolean): void => {
    before.forEach((was, place) => {
      const is = after[place];
      if (is !== undefined && belong(was, is)) pair(was, is);
    });
  };
  pairPlaces((was, is) => isMoved(was, is, moves));
  // Of two equal entries each keeps its place where it can.
  pairPlaces(hasSameTicks);
  for (const was of before) {
    pair(
      was,
      after.find((is) => !taken.has(is) && hasSameTicks(was, is)),
    );
  }
  for (const [was, is] of likelyPairs(before, after, new Map(pairs))) pair(was, is);
  return pairs;
}

function isMoved(was: PlacedEntry, is: PlacedEntry, moves: readonly KnownMove[]): boolean {
  if (was.timezone !== is.timezone) return false;
  return moves.some(({ key, from, to }) => key === was.key && from === was.cron && to === is.cron);
}

/** Pairs of entries that were edited, the likeliest first. Those of `kept` are known already. */
function likelyPairs<Entry extends PlacedEntry>(
  before: readonly Entry[],
  after: readonly Entry[],
  kept: ReadonlyMap<Entry, Entry>,
): readonly (readonly [was: Entry, is: Entry])[] {
  const successors = new Set(kept.values());
  const oldPlaces = placesAmong(before, (entry) => kept.has(entry));
  const newPlaces = placesAmong(after, (entry) => successors.has(entry));
  return [...oldPlaces]
    .flatMap(([was, old]) =>
      [...newPlaces].map(([is, place]) => {
        const alike = fieldsAlike(was, is);
        const isThere = old.keptBefore === place.keptBefore;
        const distance = Math.abs(old.place - place.place);
        return { was, is, alike, isThere, rank: alike + (isThere ? SAME_PLACE : 0), distance };
      }),
    )
    .filter(({ alike, isThere }) => isThere || alike >= FIELDS - FIELDS_EDITED)
    .sort((one, other) => other.rank - one.rank || other.alike - one.alike || one.distance - other.distance)
    .map(({ was, is }) => [was, is]);
}

interface Place {
  readonly place: number;
  /** A place is told by the unchanged entries before it: others that come or go do not shift it. */
  readonly keptBefore: number;
}

/** Places of the entries that are not kept. */
function placesAmong<Entry>(
  entries: readonly Entry[],
  isKept: (entry: Entry) => boolean,
): ReadonlyMap<Entry, Place> {
  const places = new Map<Entry, Place>();
  let keptBefore = 0;
  entries.forEach((entry, place) => {
    if (isKept(entry)) keptBefore += 1;
    else places.set(entry, { place, keptBefore });
  });
  return places;
}

function fieldsAlike(one: PlacedEntry, other: PlacedEntry): number {
  const fields = one.cron.trim().split(/\s+/);
  const others = other.cron.trim().split(/\s+/);
  const equal = fields.filter((field, place) => field === others[place]).length;
  return equal + (one.timezone === other.timezone ? 1 : 0);
}
