import { type LearnedRepository, streamName } from '../../forecast/learned.ts';
import type { LearnedChange } from '../../forecast/learned-change.ts';
import type { MatchState } from '../../history/match-state.ts';
import { placeOf, type ScheduleKey } from '../../history/run.ts';
import type { SettingsAndBookkeeping } from '../../proposal/bookkeeping.ts';
import { nameOfJob, type Proposal } from '../../proposal/proposal.ts';
import type { RepositoryChange, RepositoryState } from '../ports.ts';

/** Where schedules and workflow files are now. */
export interface NewPlaces {
  /** New key by old key, of those that have another; none is given twice, or to one beside its keeper. */
  readonly keys: ReadonlyMap<ScheduleKey, ScheduleKey>;
  /** New path by old path, of the files that were renamed. */
  readonly paths: ReadonlyMap<string, string>;
  /** Old keys of schedules that are learned anew. */
  readonly forgotten: ReadonlySet<ScheduleKey>;
}

/**
 * Puts all that is kept by schedule key or path under the new one. Decisions stay: they say what was found then.
 * Versions keep their paths, as late runs of a renamed file come with the old one.
 */
export function moveSchedules(state: RepositoryState, places: NewPlaces): RepositoryChange {
  const { keys, paths, forgotten } = places;
  if (keys.size === 0 && paths.size === 0 && forgotten.size === 0) return {};
  const keyOf = (key: ScheduleKey): ScheduleKey => keys.get(key) ?? key;
  const pathOf = (path: string): string => paths.get(path) ?? path;
  const renames = [...paths].map(([from, to]) => ({ from, to }));
  return {
    learned: movedLearning(state.learned, places),
    care: movedCare(state.care, places),
    runs: [...state.runs]
      .filter(({ path, scheduleKey }) => paths.has(path) || (scheduleKey !== null && keys.has(scheduleKey)))
      .map((run) => ({
        ...run,
        path: pathOf(run.path),
        scheduleKey: run.scheduleKey === null ? null : keyOf(run.scheduleKey),
      })),
    ...(paths.size === 0 ? {} : { renamedFiles: renames, renamedJobFiles: renames }),
    scheduleVersions: state.scheduleVersions
      .filter(({ entries }) => entries.some(({ key }) => keys.has(key)))
      .map((version) => ({
        ...version,
        entries: version.entries.map((entry) => ({ ...entry, key: keyOf(entry.key) })),
      })),
    proposals: state.proposals
      .filter(
        ({ moves, jobKey }) =>
          moves.some(({ key, path }) => keys.has(key) || paths.has(path)) ||
          (jobKey !== undefined && paths.has(jobKey.path)),
      )
      .map((proposal) => movedProposal(proposal, keyOf, pathOf)),
  };
}

function movedLearning(learned: LearnedRepository, { keys, paths, forgotten }: NewPlaces): LearnedChange {
  const tracks = Object.entries(learned.schedules).filter(
    ([key, { path }]) => keys.has(key) || forgotten.has(key) || paths.has(path),
  );
  const streams = [...paths].flatMap(([from, to]) =>
    ['schedule', 'other'].map((event) => [streamName(from, event), streamName(to, event)] as const),
  );
  const matches = Object.entries(learned.matches).filter(
    ([path, { entries }]) => paths.has(path) || Object.keys(entries).some((key) => keys.has(key)),
  );
  return {
    schedules: replaced(
      tracks.map(([key]) => key),
      tracks
        .filter(([key]) => !forgotten.has(key))
        .map(([key, track]) => [
          keys.get(key) ?? key,
          { ...track, path: paths.get(track.path) ?? track.path },
        ]),
    ),
    streams: replaced(
      streams.map(([from]) => from).filter((from) => from in learned.streams),
      streams.flatMap(([from, to]) => {
        const stream = learned.streams[from];
        return stream === undefined ? [] : [[to, stream] as const];
      }),
    ),
    matches: replaced(
      matches.map(([path]) => path),
      matches.map(([path, match]) => [paths.get(path) ?? path, movedMatches(match, keys)]),
    ),
  };
}

/** A change that takes parts away under their old names and brings them under the new ones. */
function replaced<Part>(
  old: readonly string[],
  changed: readonly (readonly [name: string, part: Part])[],
): { readonly changed: Readonly<Record<string, Part>>; readonly removed: readonly string[] } {
  const parts = Object.fromEntries(changed);
  return { changed: parts, removed: old.filter((name) => !(name in parts)) };
}

function movedMatches(match: MatchState, keys: NewPlaces['keys']): MatchState {
  return { ...match, entries: movedKeys(match.entries, keys) };
}

/** What stands under a new name without being moved is of a schedule that was forgotten long ago. */
function movedKeys<Value>(
  values: Readonly<Record<string, Value>>,
  names: ReadonlyMap<string, string>,
): Record<string, Value> {
  const arrived = new Set([...names].filter(([from]) => from in values).map(([, to]) => to));
  return Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => names.has(name) || !arrived.has(name))
      .map(([name, value]) => [names.get(name) ?? name, value]),
  );
}

function movedCare(care: SettingsAndBookkeeping, { keys, paths }: NewPlaces): SettingsAndBookkeeping {
  return {
    ...care,
    editedAt: movedKeys(care.editedAt, keys),
    leftAlone: care.leftAlone.map((one) => ({ ...one, path: paths.get(one.path) ?? one.path })),
    ...(care.usage === undefined ? {} : { usage: movedKeys(care.usage, paths) }),
  };
}

function movedProposal(
  proposal: Proposal,
  keyOf: (key: ScheduleKey) => ScheduleKey,
  pathOf: (path: string) => string,
): Proposal {
  const { moves, watch, verdict } = proposal;
  const jobKey = proposal.jobKey && { ...proposal.jobKey, path: pathOf(proposal.jobKey.path) };
  // What is measured of a key of a job has the name of that job, which is the same in a renamed file.
  const measured = jobKey === undefined ? keyOf : () => nameOfJob(jobKey);
  return {
    ...proposal,
    ...(jobKey && { jobKey }),
    moves: moves.map((move) => {
      const key = keyOf(move.key);
      return { ...move, key, path: pathOf(move.path), index: placeOf(key) };
    }),
    ...(watch && {
      watch: { ...watch, moves: watch.moves.map((move) => ({ ...move, key: measured(move.key) })) },
    }),
    ...(verdict && {
      verdict: {
        ...verdict,
        findings: verdict.findings.map((finding) => ({ ...finding, key: measured(finding.key) })),
        worse: verdict.worse.map(measured),
      },
    }),
  };
}
