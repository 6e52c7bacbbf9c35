import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { type DirectoryLock, lockDirectory } from '../../disk/directory-lock.ts';
import { type Journal, openJournal } from '../../disk/journal.ts';
import { OffbeatError } from '../../errors.ts';
import type { LatenessPool } from '../../forecast/lateness-pool.ts';
import type { LeftLoad } from '../../plan/shared-load.ts';
import type { Clock, Log, RepositoryChange, RepositoryProfile } from '../../usecases/ports.ts';
import { applyChange } from '../apply-change.ts';
import { emptyRepository, type KeptRepository } from '../kept-repository.ts';
import { leftLoads } from '../left-loads.ts';
import { RETENTION, type Retention, withinBounds } from '../retention.ts';
import type { WholeStore } from '../whole-store.ts';
import { BackgroundTasks } from './background-tasks.ts';
import { makeRepositoryDirectory } from './checkpoint.ts';
import { readDocument } from './documents.ts';
import { FoldedStates } from './folded-states.ts';
import { KnownReaches } from './known-reaches.ts';
import { SharedPool } from './shared-pool.ts';
import { Shelf } from './shelf.ts';
import type { ShelvedRepository } from './shelved-repository.ts';
import { readTextIfThere, StagedFile } from './staged-file.ts';
import type { LessonSource } from './written-lessons.ts';

const REPORT_NAME = 'report_latest.json';
const SCRATCH_NAME = 'folded.scratch';
/** Memory for repositories: some hundred that are open, and the names of ten thousand that are folded. */
const CACHE_BYTES = 64 * 1024 * 1024;
/**
 * Shares of it that the open ones have in any case and at most: some 60 to 120 repositories of ten workflows with something
 * going on. They are live objects, and the heap needs as much again to be kept tidy.
 */
const LEAST_OPEN_SHARE = 0.2;
const MOST_OPEN_SHARE = 0.4;
/** A change waits this long for others before its repository is written; a crash replays it from the journal. */
const CHECKPOINT_AFTER_MS = 60_000;
const SWEEP_EVERY_MS = 5_000;
/** Failures in a row that are no accident any more. */
const FAILS_FOR_GOOD_AFTER = 2;
/** Segments of journalled changes beyond which all is checkpointed and the oldest dropped. */
const MAX_SEGMENTS = 3;

export interface LowdbStoreOptions {
  /** The data directory; this process alone may use it. */
  readonly directory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly retention?: Retention;
  readonly cacheBytes?: number;
  readonly checkpointAfterMs?: number;
  readonly segmentBytes?: number;
  /** Called when another process has taken the directory. Every write then throws `store-locked`. */
  readonly onLockLost?: () => void;
}

/** The store, and the ledger that an in-process queue needs (`Ledger` in `queue/queue.ts`). */
export interface LowdbStore extends WholeStore {
  appliedThrough(repositoryId: number): Promise<number>;
  during<T>(repositoryId: number, sequence: number, work: () => Promise<T>): Promise<T>;
  settled(repositoryId: number, sequence: number): void;
  checkpoint(): Promise<void>;
  /** Sentences on what an operator has to look at; none where all is well. */
  problems(): readonly string[];
}

/** A change, or a deletion, that belongs to no delivery: safe in the journal before the call resolves. */
type JournalLine =
  | { readonly repositoryId: number; readonly change: RepositoryChange }
  | { readonly repositoryId: number; readonly deleted: true };

/**
 * Opens the store in `directory`, making it where there is none. Throws `store-locked` where another process uses
 * it. Changes made while a delivery is handled are lazy: the delivery's own journal brings them back after a crash.
 */
export async function openLowdbStore(options: LowdbStoreOptions): Promise<LowdbStore> {
  const { directory, log } = options;
  await mkdir(join(directory, 'repositories'), { recursive: true });
  let store: FileStore | undefined;
  const lock = await lockDirectory({
    directory,
    onLost() {
      log.error({ directory }, 'Another process has taken the data directory; nothing more is written');
      store?.loseLock();
      options.onLockLost?.();
    },
  });
  try {
    const segment = options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes };
    const journal = await openJournal({ directory: join(directory, 'changes'), ...segment });
    const reaches = new KnownReaches(join(directory, 'repositories'));
    const pool = await SharedPool.open({
      directory,
      log,
      appliedThrough: async (id) => (await reaches.of(id)).settledThrough,
    });
    store = new FileStore(options, lock, journal, pool, reaches);
    await store.recover();
    return store;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class FileStore implements LowdbStore {
  readonly #options: LowdbStoreOptions;
  readonly #lock: DirectoryLock;
  readonly #journal: Journal;
  readonly #pool: SharedPool;
  readonly #reaches: KnownReaches;
  readonly #shelf: Shelf;
  readonly #foldedStates: FoldedStates;
  readonly #background: BackgroundTasks;
  readonly #sweeper: NodeJS.Timeout;
  /** The delivery that is being handled. */
  readonly #delivery = new AsyncLocalStorage<LessonSource>();
  /** What is asked of all repositories at once. */
  #outlines: Map<number, Outline> | undefined;
  #readingOutlines: Promise<void> | undefined;
  /** Changes up to here were in every present checkpoint at the last compaction. */
  #safeThrough = 0;
  #state: 'open' | 'lost' | 'closed' = 'open';

  constructor(
    options: LowdbStoreOptions,
    lock: DirectoryLock,
    journal: Journal,
    pool: SharedPool,
    reaches: KnownReaches,
  ) {
    this.#options = options;
    this.#lock = lock;
    this.#journal = journal;
    this.#pool = pool;
    this.#reaches = reaches;
    this.#background = new BackgroundTasks((task, error) => {
      options.log.error(
        { task, err: error },
        'A checkpoint could not be written; the journals still have it',
      );
    });
    const roomBytes = options.cacheBytes ?? CACHE_BYTES;
    this.#foldedStates = new FoldedStates(join(options.directory, SCRATCH_NAME), options.log);
    this.#shelf = new Shelf({
      foldedStates: this.#foldedStates,
      directory: join(options.directory, 'repositories'),
      roomBytes,
      openBytes: { least: LEAST_OPEN_SHARE * roomBytes, most: MOST_OPEN_SHARE * roomBytes },
      log: options.log,
      clock: options.clock,
      onReading: (id) => reaches.forget(id),
      beforeWriting: () => this.#pool.flush(),
      mend: (shelved, reach) => this.#redoAfter(shelved, reach.changesThrough),
      onCrowded: async () => {
        if (this.#state === 'open') await this.#background.start('make room', () => this.#shelf.makeRoom());
      },
    });
    this.#sweeper = setInterval(
      () => void this.#background.start('sweep', () => this.#sweep()),
      SWEEP_EVERY_MS,
    );
    this.#sweeper.unref();
  }

  /** Brings journalled changes that no checkpoint has back into their repositories. */
  async recover(): Promise<void> {
    const byRepository = new Map<number, { sequence: number; line: JournalLine }[]>();
    const damagedLines = await this.#journal.walk(0, ({ sequence, body }) => {
      const line: JournalLine = JSON.parse(body);
      const list = byRepository.get(line.repositoryId);
      if (list === undefined) byRepository.set(line.repositoryId, [{ sequence, line }]);
      else list.push({ sequence, line });
    });
    if (damagedLines > 0) this.#options.log.error({ damagedLines }, 'The journal of changes is damaged');
    // Side by side; the loop hears of a failure.
    for (const id of byRepository.keys()) this.#reaches.of(id).catch(() => undefined);
    for (const [id, changes] of byRepository) {
      const { isWhole, changesThrough } = await this.#reaches.of(id);
      if (isWhole && changesThrough >= (changes.at(-1)?.sequence ?? 0)) {
        this.#shelf.doubtPrevious(id);
        continue;
      }
      await this.#shelf.take(id, async (shelved) => {
        for (const { sequence, line } of changes) this.#redo(shelved, sequence, line);
        if (shelved.state === undefined && shelved.dirtySince !== null) await this.#shelf.write(shelved);
        this.#shelf.doubtPrevious(id);
      });
    }
  }

  loseLock(): void {
    this.#state = 'lost';
  }

  load(repositoryId: number): Promise<KeptRepository | undefined> {
    return this.#shelf.take(repositoryId, ({ state }) => state);
  }

  async apply(repositoryId: number, change: RepositoryChange): Promise<void> {
    this.#assertOpen();
    const delivery = this.#delivery.getStore();
    await this.#shelf.take(repositoryId, async (shelved) => {
      const takeEffect = (): void => {
        this.#change(shelved, change);
        if (change.latenessPool !== undefined) this.#pool.add(change.latenessPool, delivery ?? null);
      };
      if (delivery?.repositoryId === repositoryId) {
        takeEffect();
        return;
      }
      await this.#standOnDisk(shelved);
      profileAfter(shelved, change);
      await this.#writeDown(shelved, { repositoryId, change }, takeEffect);
    });
  }

  /** In memory until a checkpoint: no journal has it. */
  async keep(kept: KeptRepository): Promise<void> {
    this.#assertOpen();
    await this.#shelf.take(kept.profile.id, (shelved) => {
      shelved.state = kept;
      this.#outlines?.set(shelved.id, outlineOf(kept));
      this.#shelf.touch(shelved);
    });
  }

  async profiles(): Promise<readonly RepositoryProfile[]> {
    return (await this.#allOutlines()).map(({ profile }) => profile);
  }

  async sharedLoads(installationId: number): Promise<readonly LeftLoad[]> {
    return leftLoads(await this.#allOutlines(), installationId);
  }

  async delete(repositoryId: number): Promise<void> {
    this.#assertOpen();
    await this.#shelf.take(repositoryId, async (shelved) => {
      await this.#writeDown(shelved, { repositoryId, deleted: true }, () => this.#forget(shelved));
      await this.#shelf.write(shelved, this.#delivery.getStore()?.repositoryId === repositoryId);
    });
  }

  async loadLatenessPool(): Promise<LatenessPool> {
    return this.#pool.current();
  }

  async keepReport(repositoryId: number, report: object): Promise<void> {
    this.#assertOpen();
    await this.#shelf.take(repositoryId, async ({ state }) => {
      if (state === undefined) return;
      const directory = this.#shelf.directoryOf(repositoryId);
      await makeRepositoryDirectory(directory);
      const file = new StagedFile<object>(join(directory, REPORT_NAME));
      await new Low(file, report).write();
      await file.publish();
    });
  }

  async replaceLatenessPool(pool: LatenessPool): Promise<void> {
    this.#assertOpen();
    await this.#pool.replace(pool);
  }

  async appliedThrough(repositoryId: number): Promise<number> {
    // Whoever asks has deliveries of it in a journal, so the checkpoint before may lack them.
    this.#shelf.doubtPrevious(repositoryId);
    const shelved = this.#shelf.peek(repositoryId);
    if (shelved !== undefined) return shelved.settledThrough;
    const reach = await this.#reaches.of(repositoryId);
    if (reach.isWhole) return reach.settledThrough;
    return this.#shelf.take(repositoryId, ({ settledThrough }) => settledThrough);
  }

  during<T>(repositoryId: number, sequence: number, work: () => Promise<T>): Promise<T> {
    return this.#shelf.take(repositoryId, (shelved) =>
      this.#shelf.handle(shelved, async () => {
        const result = await this.#delivery.run({ repositoryId, sequence }, work);
        this.#settle(shelved, sequence);
        return result;
      }),
    );
  }

  settled(repositoryId: number, sequence: number): void {
    const shelved = this.#shelf.peek(repositoryId);
    // Not in memory: nothing was changed since it was written, and a second time will change nothing either.
    if (shelved !== undefined && shelved.settledThrough < sequence) this.#settle(shelved, sequence);
  }

  async checkpoint(): Promise<void> {
    this.#assertOpen();
    await this.#shelf.holdTwice();
    await this.#advancePool();
  }

  problems(): readonly string[] {
    if (this.#state === 'lost') return ['Another process has taken the data directory.'];
    const failing = this.#shelf.failingSince(FAILS_FOR_GOOD_AFTER);
    return failing === 0
      ? []
      : [
          `The checkpoints of ${failing} ${failing === 1 ? 'repository' : 'repositories'} cannot be written. The ` +
            'journals have what is missing, and grow until it is mended; the log says why.',
        ];
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    const mayWrite = this.#state === 'open';
    this.#state = 'closed';
    clearInterval(this.#sweeper);
    try {
      await this.#background.finished();
      if (mayWrite) {
        await this.#shelf.writeDirty();
        await this.#advancePool();
        await this.#pool.close();
      }
      await this.#journal.close();
      this.#foldedStates.close();
    } finally {
      await this.#lock.release();
    }
  }

  #assertOpen(): void {
    const where = this.#options.directory;
    if (this.#state === 'closed') throw new OffbeatError('queue-closed', 'The store is closed.', { where });
    if (this.#state === 'lost') {
      throw new OffbeatError('store-locked', 'Another process has taken the data directory.', { where });
    }
  }

  #change(shelved: ShelvedRepository, change: RepositoryChange): void {
    const profile = profileAfter(shelved, change);
    const before = shelved.state ?? emptyRepository(profile, this.#options.clock.now());
    shelved.state = withinBounds(applyChange(before, change), this.#options.retention ?? RETENTION).state;
    if (change.profile !== undefined || change.sharedLoad !== undefined)
      this.#outlines?.set(shelved.id, outlineOf(shelved.state));
    this.#shelf.touch(shelved);
  }

  #settle(shelved: ShelvedRepository, sequence: number): void {
    shelved.settledThrough = Math.max(shelved.settledThrough, sequence);
    this.#shelf.touch(shelved);
  }

  #forget(shelved: ShelvedRepository): void {
    shelved.state = undefined;
    this.#outlines?.delete(shelved.id);
    this.#shelf.touch(shelved);
  }

  /**
   * Makes a line durable, then lets it take effect: nobody sees what the journal has refused. The effect comes at once with
   * its sequence, so that no checkpoint has one without the other.
   */
  async #writeDown(shelved: ShelvedRepository, line: JournalLine, takeEffect: () => void): Promise<void> {
    const journaled = this.#journal.append(JSON.stringify(line)).then((sequence) => {
      shelved.changesThrough = Math.max(shelved.changesThrough, sequence);
      takeEffect();
    });
    shelved.journaling.add(journaled);
    try {
      await journaled;
    } finally {
      shelved.journaling.delete(journaled);
    }
    if (this.#journal.segments.length > MAX_SEGMENTS)
      void this.#background.start('compact', () => this.#compact());
  }

  /**
   * Writes the effects of deliveries that only their own journal has: after a crash a journalled change comes back
   * before they do, and must find what it was made on.
   */
  async #standOnDisk(shelved: ShelvedRepository): Promise<void> {
    if (shelved.settledThrough > (shelved.written.present?.settledThrough ?? 0))
      await this.#shelf.write(shelved);
  }

  #redo(shelved: ShelvedRepository, sequence: number, line: JournalLine): void {
    if (sequence <= shelved.changesThrough) return;
    shelved.changesThrough = sequence;
    if ('deleted' in line) this.#forget(shelved);
    else if (shelved.state === undefined && line.change.profile === undefined)
      this.#options.log.error(
        { repositoryId: shelved.id },
        'A change of a repository that is not there was passed over',
      );
    else this.#change(shelved, line.change);
  }

  async #redoAfter(shelved: ShelvedRepository, sequence: number): Promise<void> {
    await this.#journal.walk(sequence, ({ sequence: place, body }) => {
      const line: JournalLine = JSON.parse(body);
      if (line.repositoryId === shelved.id) this.#redo(shelved, place, line);
    });
  }

  async #sweep(): Promise<void> {
    if (this.#state !== 'open') return;
    await this.#shelf.writeDirty(
      performance.now() - (this.#options.checkpointAfterMs ?? CHECKPOINT_AFTER_MS),
    );
    await this.#advancePool();
  }

  #advancePool(): Promise<void> {
    return this.#pool.advance(({ repositoryId, sequence }) => this.#shelf.isWritten(repositoryId, sequence));
  }

  /** Dropped is only what both checkpoints of every repository hold: what was there at the last compaction. */
  async #compact(): Promise<void> {
    const through = this.#journal.lastSequence;
    await this.checkpoint();
    await this.#journal.dropThrough(this.#safeThrough);
    this.#safeThrough = through;
  }

  async #allOutlines(): Promise<readonly Outline[]> {
    if (this.#outlines === undefined) {
      // There from the start: what changes while the others are read is noted in it.
      const outlines = new Map<number, Outline>();
      this.#outlines = outlines;
      this.#readingOutlines = this.#readOutlines(outlines).catch((error: unknown) => {
        this.#outlines = undefined;
        throw error;
      });
    }
    const outlines = this.#outlines;
    await this.#readingOutlines;
    return [...outlines.values()];
  }

  async #readOutlines(outlines: Map<number, Outline>): Promise<void> {
    const names = await readdir(join(this.#options.directory, 'repositories'));
    const written = names.map(Number).filter((id) => Number.isSafeInteger(id));
    for (const id of new Set([...written, ...this.#shelf.all().map((shelved) => shelved.id)])) {
      const read = this.#shelf.peek(id) === undefined ? await this.#readOutline(id) : undefined;
      if (outlines.has(id)) continue;
      // Looked at without a wait in between: what is in memory now may not be a moment later.
      const shelved = this.#shelf.peek(id);
      const state = shelved?.look();
      const outline = shelved === undefined ? read : state && outlineOf(state);
      if (outline !== undefined) outlines.set(id, outline);
    }
  }

  /** From its own file alone, as long as that is whole; else the whole repository is read, and mended. */
  async #readOutline(repositoryId: number): Promise<Outline | undefined> {
    const text = await readTextIfThere(join(this.#shelf.directoryOf(repositoryId), 'profile.json'));
    const document = text === undefined ? undefined : readDocument('profile.json', text);
    if (document !== undefined) return { profile: document.profile, sharedLoad: document.sharedLoad ?? null };
    const state = await this.load(repositoryId);
    return state && outlineOf(state);
  }
}

/** The profile that a repository has after a change; throws `not-found` where it has none. */
function profileAfter({ id, state }: ShelvedRepository, change: RepositoryChange): RepositoryProfile {
  const profile = change.profile ?? state?.profile;
  if (profile !== undefined) return profile;
  throw new OffbeatError('not-found', 'A repository begins with its profile.', { where: `repository ${id}` });
}

type Outline = Pick<KeptRepository, 'profile' | 'sharedLoad'>;

function outlineOf({ profile, sharedLoad }: KeptRepository): Outline {
  return { profile, sharedLoad };
}
