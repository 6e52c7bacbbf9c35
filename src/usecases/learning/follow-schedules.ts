import { followEntries, hasSameTicks, type Rename, type Succession } from '../../history/identity.ts';
import { fileOf, goneKey, type ScheduleKey } from '../../history/run.ts';
import { type AuditEvent, audited } from '../../proposal/audit.ts';
import { wasMerged } from '../../proposal/state.ts';
import { fileName } from '../../render/move-words.ts';
import type { RepositoryChange, RepositoryState, ScheduleVersion } from '../ports.ts';
import { moveSchedules, type NewPlaces } from './move-schedules.ts';
import { newestVersion, type ScheduleEntries } from './schedule-version.ts';

type Entry = ScheduleEntries[number];

/**
 * Brings in what was read at one commit. Where it is the newest, all that is known of a schedule follows it to its new
 * place; a cron that people have edited is learned anew, and rests as if it had been moved.
 */
export function withVersion(
  state: RepositoryState,
  version: ScheduleVersion,
  {
    renames,
    now,
    kept = new Set(),
  }: {
    readonly renames: readonly Rename[];
    readonly now: number;
    /** Files whose schedule stands in comments: it is started on time, and comes back with its lines. */
    readonly kept?: ReadonlySet<string>;
  },
): RepositoryChange {
  const versions = state.scheduleVersions;
  const newest = newestVersion(versions);
  if (newest === undefined || newest.sha === version.sha) return { scheduleVersions: [version] };
  const known = versions.find(({ sha }) => sha === version.sha);
  if (known !== undefined) return { scheduleVersions: [{ ...version, entries: known.entries }] };
  if (version.seenAt < newest.seenAt) return { scheduleVersions: [withKeysOf(newest, version, versions)] };
  const moves = proposedMoves(state);
  const gone = goneEntries(versions, newest);
  const followed = followEntries(newest.entries, version.entries, { renames, moves, gone });
  const isOurs = ({ was, is }: Succession<Entry>): boolean =>
    moves.some(({ key, from, to }) => key === was.key && from === was.cron && to === is?.cron);
  const isKept = ({ was, is }: Succession<Entry>): boolean => is === null && kept.has(was.path);
  const takenOut = followed.filter(isKept);
  const changed = followed.filter(
    (one) => !isKept(one) && (one.is === null || (!hasSameTicks(one.was, one.is) && !isOurs(one))),
  );
  const keys = newKeys(followed, gone, version);
  const places: NewPlaces = {
    keys,
    paths: new Map(renames.map(({ from, to }) => [from, to])),
    forgotten: new Set(changed.map(({ was }) => was.key)),
  };
  const moved = moveSchedules(state, places);
  const editedAt = { ...(moved.care ?? state.care).editedAt };
  for (const { was } of changed) editedAt[keys.get(was.key) ?? was.key] = now;
  return {
    ...moved,
    ...(moved.care === undefined ? {} : { care: { ...moved.care, editedAt } }),
    scheduleVersions: [...(moved.scheduleVersions ?? []), version],
    auditEvents: [...renames.map(renamed), ...takenOut.map(putOnTime), ...changed.map(edited)].map(
      (what): AuditEvent => audited('wish', now, null, what),
    ),
  };
}

/** What proposals have moved, or may just have: the push of a merge may be told before the merge. */
function proposedMoves({ proposals }: RepositoryState) {
  return proposals
    .filter((proposal) => proposal.state === 'open' || wasMerged(proposal))
    .flatMap(({ moves }) => moves);
}

/** Entries of earlier versions that the newest one does not have, the newest last and each once. */
function goneEntries(versions: readonly ScheduleVersion[], newest: ScheduleVersion): ScheduleEntries {
  const present = new Set(newest.entries.map(({ key }) => key));
  const gone = new Map<ScheduleKey, Entry>();
  for (const { entries } of versions.toSorted((one, other) => one.seenAt - other.seenAt)) {
    for (const entry of entries) if (!present.has(entry.key)) gone.set(entry.key, entry);
  }
  return [...gone.values()];
}

/** New key by old key, of entries that have another. A key that is gone is left to whatever comes there. */
function newKeys(
  followed: readonly Succession<Entry>[],
  gone: ScheduleEntries,
  { sha, entries }: ScheduleVersion,
): ReadonlyMap<ScheduleKey, ScheduleKey> {
  const taken = new Set(entries.map(({ key }) => key));
  const keys = new Map<ScheduleKey, ScheduleKey>();
  for (const { key } of gone) if (taken.has(key)) keys.set(key, goneKey(key, sha));
  for (const { was, is } of followed) keys.set(was.key, is?.key ?? goneKey(was.key, sha));
  return new Map([...keys].filter(([from, to]) => from !== to));
}

/** An older version, read late, with the keys that its schedules have now. */
function withKeysOf(
  newest: ScheduleVersion,
  version: ScheduleVersion,
  versions: readonly ScheduleVersion[],
): ScheduleVersion {
  // From now to then: other versions have the paths of their time too.
  const renames = versions
    .flatMap(({ entries }) => entries)
    .filter(({ key, path }) => fileOf(key) !== path && version.entries.some((entry) => entry.path === path))
    .map(({ key, path }) => ({ from: fileOf(key), to: path }));
  const keys = new Map(
    followEntries(newest.entries, version.entries, { renames }).map(({ was, is }) => [is?.key, was.key]),
  );
  const entries = version.entries.map((entry) => ({
    ...entry,
    key: keys.get(entry.key) ?? goneKey(entry.key, version.sha),
  }));
  return { ...version, entries };
}

function renamed({ from, to }: Rename): string {
  return `\`${from}\` was renamed to \`${to}\`.`;
}

function putOnTime({ was }: Succession<Entry>): string {
  return `\`${was.cron}\` of \`${fileName(was.path)}\` was taken out of GitHub’s schedule: it is started on time.`;
}

function edited({ was, is }: Succession<Entry>): string {
  if (is === null) return `\`${was.key}\` was deleted.`;
  return `\`${is.key}\` was edited: ${was.cron} → ${is.cron}.`;
}
