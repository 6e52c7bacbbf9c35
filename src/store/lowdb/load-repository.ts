import type { Clock } from '../../clock.ts';
import type { Journal } from '../../disk/journal.ts';
import { BEFORE_ALL_RECORDS, isAfter, type JournalPosition } from '../../disk/journal-position.ts';
import { type RecordPlace, readRecord } from '../../disk/journal-segment.ts';
import { stampOf } from '../../disk/json-document.ts';
import { OffbeatError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { changedRepository } from '../apply-change.ts';
import { emptyRepository, type KeptRepository } from '../kept-repository.ts';
import type { Retention } from '../retention.ts';
import { DOCUMENT_NAMES, documentsOf, fromDocuments, partsFor } from './documents.ts';
import { changeFrom, type RecordedChange } from './recorded-change.ts';
import type { CacheEntry } from './repository-cache.ts';
import {
  NOTHING_STORED,
  newestPosition,
  type RepositoryFiles,
  replayStart,
  type StoredRepository,
} from './repository-files.ts';
import { type JournalLine, lineOf } from './repository-lines.ts';
import type { UnsavedRecords } from './unsaved-records.ts';

/** A record of a repository that a start has found in the journal. */
export interface PendingRecord {
  readonly position: JournalPosition;
  readonly place: RecordPlace;
}

export interface LoadContext {
  readonly log: Log;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly journal: Journal;
}

/**
 * Reads a repository: its documents, and the records in the journal that these lack, which are added to `unsaved`.
 * Throws `store-damaged` where the profile is damaged: an empty history must not replace it.
 */
export async function loadRepository(
  id: number,
  files: RepositoryFiles,
  pending: readonly PendingRecord[],
  unsaved: UnsavedRecords,
  context: LoadContext,
): Promise<CacheEntry> {
  const stored = await files.read(stampOf(context.clock.now()));
  if (stored.isDamaged)
    context.log.error({ repositoryId: id, damage: stored.damage }, 'Damaged files were set aside');
  const entry: CacheEntry = {
    id,
    files,
    state: stateOf(stored, undefined, context),
    position: newestPosition(stored),
    dirtySince: null,
    failedWrites: 0,
  };
  await replay(entry, stored, pending, unsaved, context);
  if (stored.isDamaged && entry.state !== undefined) unsaved.add(DOCUMENT_NAMES, entry.position.sequence);
  if (unsaved.isDirty) entry.dirtySince = performance.now();
  return entry;
}

/** The state in the documents; `profile`, from a record, replaces a missing `profile.json`. */
function stateOf(
  { documents, damage }: StoredRepository,
  profile: KeptRepository['profile'] | undefined,
  { clock }: LoadContext,
): KeptRepository | undefined {
  const known = documents['profile.json']?.profile ?? profile;
  if (known === undefined) return undefined;
  return { ...fromDocuments(documents, emptyRepository(known, clock.now())), damage };
}

async function replay(
  entry: CacheEntry,
  stored: StoredRepository,
  pending: readonly PendingRecord[],
  unsaved: UnsavedRecords,
  context: LoadContext,
): Promise<void> {
  let base = stored;
  for await (const { position, line } of recordsOf(entry.id, stored, pending, context.journal)) {
    if ('change' in line) {
      replayChange(entry, base, { position, change: line.change }, unsaved, context);
    } else if (isAfter(position, newestPosition(base))) {
      // Otherwise the documents were written after the repository was deleted and added again.
      await entry.files.remove();
      base = NOTHING_STORED;
      entry.state = undefined;
      entry.position = position;
    }
  }
  if (entry.state !== undefined || (base.positions.size === 0 && base.damage.length === 0)) return;
  throw new OffbeatError(
    'store-damaged',
    'The profile of this repository cannot be read, and neither can the version before it.',
    {
      where: `repositories/${entry.id}`,
      fix: 'Restore profile.json from a backup, or move the directory away to begin anew.',
    },
  );
}

/** The pending records that the documents may lack. Where documents are damaged, all records of the repository. */
async function* recordsOf(
  id: number,
  stored: StoredRepository,
  pending: readonly PendingRecord[],
  journal: Journal,
): AsyncGenerator<{ readonly position: JournalPosition; readonly line: JournalLine }> {
  if (stored.isDamaged) {
    const lines: { readonly position: JournalPosition; readonly line: JournalLine }[] = [];
    await journal.walk(({ position, body }) => {
      const line = lineOf(body);
      if (line?.repositoryId === id) lines.push({ position, line });
    });
    yield* lines;
    return;
  }
  const start = replayStart(stored);
  for (const { position, place } of pending) {
    const line = isAfter(position, start) ? lineOf((await readRecord(place)).body) : undefined;
    if (line !== undefined) yield { position, line };
  }
}

/** Applies the parts of a change whose documents do not contain it yet. */
function replayChange(
  entry: CacheEntry,
  stored: StoredRepository,
  { position, change }: { readonly position: JournalPosition; readonly change: RecordedChange },
  unsaved: UnsavedRecords,
  context: LoadContext,
): void {
  const { positions } = stored;
  const parts = partsFor(change, (name) => isAfter(position, positions.get(name) ?? BEFORE_ALL_RECORDS));
  if (Object.keys(parts).length === 0) return;
  entry.state ??= stateOf(stored, parts.profile, context);
  if (entry.state === undefined) {
    context.log.error({ repositoryId: entry.id }, 'A change of a repository that is not there was left out');
    return;
  }
  const { clock, retention } = context;
  const whole = changeFrom(parts, entry.state);
  entry.state = changedRepository(entry.id, entry.state, whole, { now: clock.now(), retention }).state;
  entry.position = position;
  unsaved.add(documentsOf(parts), position.sequence);
}
