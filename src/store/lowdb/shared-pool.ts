import { join } from 'node:path';
import { Low } from 'lowdb';
import { z } from 'zod';
import { type Journal, openJournal } from '../../disk/journal.ts';
import { syncDirectory } from '../../disk/sync-directory.ts';
import { emptyLatenessPool, LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { Immutable } from '../../immutable.ts';
import type { Log } from '../../usecases/ports.ts';
import { readTextIfThere, StagedFile } from './staged-file.ts';
import { type Lesson, type LessonSource, WrittenLessons } from './written-lessons.ts';

/** Small, as whole segments are dropped: the journal holds the lessons of about a minute. */
const SEGMENT_BYTES = 1024 * 1024;
const POOL_NAME = 'lateness_pool.json';

const Base = z.object({
  version: z.literal(2),
  /** Number of the last lesson in it. */
  through: z.number().int().nonnegative(),
  pool: LatenessPool,
});
type Base = Immutable<z.infer<typeof Base>>;

/** Lessons in a line of the journal: enough that few lines are synced, few enough that a line is small. */
const LINE_LESSONS = 256;

const JournalLesson = z.object({
  number: z.number().int().positive(),
  source: z.object({ repositoryId: z.number(), sequence: z.number() }).nullable(),
  change: LatenessPoolChange,
});
const Line = z.object({
  lessons: z.array(JournalLesson).default([]),
  /** Numbers of lessons whose deliveries are handled again: they count no more. */
  void: z.array(z.number()).default([]),
});

export interface SharedPoolOptions {
  readonly directory: string;
  readonly log: Log;
  /** Newest delivery of a repository whose effects its checkpoint holds. */
  readonly appliedThrough: (repositoryId: number) => Promise<number>;
}

/**
 * The lateness pooled over all repositories. A delivery that is handled again after a crash must find the pool as it
 * was: so the pool on the disk is a base that holds only what every repository's checkpoint holds too, and the lessons
 * since stand in a journal, each with its delivery. Lessons reach the journal before the checkpoint that covers them.
 */
export class SharedPool {
  readonly #directory: string;
  readonly #file: StagedFile<Base>;
  readonly #journal: Journal;
  #base: LatenessPool;
  #pool: LatenessPool;
  #through: number;
  /** Of the base before, which may be needed: what it lacks stays in the journal. */
  #previousThrough: number;
  #lastNumber: number;
  /** Lessons that the base does not hold, oldest first. */
  #written: WrittenLessons[] = [];
  /** Newer ones, which are not in the journal yet. */
  #unwritten: Lesson[] = [];
  /** Journal sequences and the last lesson that each is about, to tell which lines are done with. */
  #lines: { readonly sequence: number; readonly lastNumber: number }[] = [];
  #turn: Promise<void> = Promise.resolve();

  private constructor(directory: string, journal: Journal, base: Base) {
    this.#directory = directory;
    this.#file = new StagedFile<Base>(join(directory, POOL_NAME));
    this.#journal = journal;
    this.#base = base.pool;
    this.#pool = base.pool;
    this.#through = base.through;
    this.#previousThrough = 0;
    this.#lastNumber = base.through;
  }

  static async open(options: SharedPoolOptions): Promise<SharedPool> {
    const { directory, log } = options;
    const path = join(directory, POOL_NAME);
    const base = (await readBase(path, log)) ??
      (await readBase(`${path}.previous`, log)) ?? { version: 2, through: 0, pool: emptyLatenessPool() };
    const journal = await openJournal({
      directory: join(directory, 'lessons'),
      segmentBytes: SEGMENT_BYTES,
    });
    const pool = new SharedPool(directory, journal, base);
    await pool.#recover(options);
    return pool;
  }

  /** The pool as it is now; nothing changes it later. */
  current(): LatenessPool {
    return this.#pool;
  }

  /** Adds what a run has taught. Nobody waits for the disk: it is in the journal before the checkpoint that covers it. */
  add(change: LatenessPoolChange, source: LessonSource | null): void {
    this.#pool = applyLatenessPoolChange(this.#pool, change);
    this.#lastNumber += 1;
    this.#unwritten.push({ number: this.#lastNumber, source, text: JSON.stringify(change) });
    // What the disk does not take now is written, or reported, before the next checkpoint.
    if (this.#unwritten.length % LINE_LESSONS === 0) this.flush().catch(() => undefined);
  }

  /** Puts a pool in the place of all that was learned. */
  replace(pool: LatenessPool): Promise<void> {
    return this.#exclusive(() => this.#replace(pool));
  }

  /** Puts every lesson so far into the journal. */
  flush(): Promise<void> {
    return this.#exclusive(() => this.#writeLessons());
  }

  /** Moves the base on over the lessons that are in checkpoints, and drops them from the journal. */
  advance(isCovered: (source: LessonSource) => boolean): Promise<void> {
    return this.#exclusive(async () => {
      await this.#writeLessons();
      const before = this.#through;
      for (const lessons of this.#written) {
        for (const change of lessons.take(isCovered)) {
          this.#base = applyLatenessPoolChange(this.#base, change);
        }
        this.#through = Math.max(this.#through, lessons.takenThrough);
        if (!lessons.isUsedUp) break;
      }
      this.#written = this.#written.filter(({ isUsedUp }) => !isUsedUp);
      if (this.#through === before) return;
      await this.#writeBase();
    });
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#journal.close();
  }

  async #replace(pool: LatenessPool): Promise<void> {
    this.#pool = pool;
    this.#base = pool;
    this.#written = [];
    this.#unwritten = [];
    this.#lastNumber += 1;
    this.#through = this.#lastNumber;
    await this.#writeBase();
  }

  async #writeLessons(): Promise<void> {
    while (this.#unwritten.length > 0) {
      const lessons = this.#unwritten.slice(0, LINE_LESSONS);
      const texts = lessons.map(
        ({ number, source, text }) =>
          `{"number":${number},"source":${JSON.stringify(source)},"change":${text}}`,
      );
      const sequence = await this.#journal.append(`{"lessons":[${texts.join(',')}]}`);
      this.#unwritten.splice(0, lessons.length);
      this.#written.push(new WrittenLessons(lessons));
      this.#lines.push({ sequence, lastNumber: lessons.at(-1)?.number ?? 0 });
    }
  }

  async #writeBase(): Promise<void> {
    await new Low<Base>(this.#file, { version: 2, through: this.#through, pool: this.#base }).write();
    await this.#file.publish();
    await syncDirectory(this.#directory);
    const kept = this.#lines.findIndex(({ lastNumber }) => lastNumber > this.#previousThrough);
    const done = kept === -1 ? this.#lines.length : kept;
    this.#previousThrough = this.#through;
    const last = this.#lines[done - 1];
    if (last === undefined) return;
    await this.#journal.dropThrough(last.sequence);
    this.#lines = this.#lines.slice(done);
  }

  /** Lessons whose deliveries will be handled again count no more: they come anew. */
  async #recover({ appliedThrough, log }: SharedPoolOptions): Promise<void> {
    // Walked twice rather than held: as objects the lessons of a busy minute take hundreds of megabytes.
    const voided = new Set<number>();
    const damagedLines = await this.#journal.walk(0, ({ body }) => {
      for (const number of lineOf(body).void) voided.add(number);
    });
    if (damagedLines > 0) log.error({ damagedLines }, 'The journal of the pooled lateness is damaged');
    const nowVoid: number[] = [];
    await this.#journal.walk(0, async ({ sequence, body }) => {
      const { lessons, void: voidHere } = lineOf(body);
      const kept: Lesson[] = [];
      for (const { number, source, change } of lessons) {
        this.#lastNumber = Math.max(this.#lastNumber, number);
        if (number <= this.#through || voided.has(number)) continue;
        const isKept = source === null || source.sequence <= (await appliedThrough(source.repositoryId));
        if (isKept) {
          this.#pool = applyLatenessPoolChange(this.#pool, change);
          kept.push({ number, source, text: JSON.stringify(change) });
        } else {
          nowVoid.push(number);
        }
      }
      if (kept.length > 0) this.#written.push(new WrittenLessons(kept));
      // What voids lessons stays as long as they do.
      this.#lines.push({ sequence, lastNumber: lessons.at(-1)?.number ?? voidHere.at(-1) ?? 0 });
    });
    const lastNumber = nowVoid.at(-1);
    if (lastNumber === undefined) return;
    this.#lines.push({ sequence: await this.#journal.append(JSON.stringify({ void: nowVoid })), lastNumber });
  }

  #exclusive(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function lineOf(body: string): z.infer<typeof Line> {
  return Line.parse(JSON.parse(body));
}

const Stored = z.union([Base, LatenessPool.transform((pool): Base => ({ version: 2, through: 0, pool }))]);

async function readBase(path: string, log: Log): Promise<Base | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    return Stored.parse(JSON.parse(text));
  } catch (error) {
    log.error({ file: path, err: error }, 'The pooled lateness could not be read');
    return undefined;
  }
}
