import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../../disk/data-directory.ts';
import { BEFORE_ALL_RECORDS, isAfter, JournalPosition } from '../../disk/journal-position.ts';
import { DurableFile, readDocument, writeDocument } from '../../disk/json-document.ts';
import { emptyLatenessPool, LatenessPool } from '../../forecast/lateness-pool.ts';
import { applyLatenessPoolChange, type LatenessPoolChange } from '../../forecast/lateness-pool-change.ts';
import type { Log } from '../../log.ts';

const NAME = 'lateness_pool.json';

const Stored = z.object({ version: z.literal(1), position: JournalPosition, pool: LatenessPool });
type Stored = z.infer<typeof Stored>;

/** The lateness pooled over all repositories, and the document that holds it. */
export class LatenessPoolDocument {
  readonly #file: DurableFile<Stored>;
  #pool: LatenessPool = emptyLatenessPool();
  /** Position of the newest record in the pool. */
  #position = BEFORE_ALL_RECORDS;

  constructor(data: DataDirectory) {
    this.#file = new DurableFile(join(data.path, NAME), Stored, data);
  }

  get pool(): LatenessPool {
    return this.#pool;
  }

  /** Reads the document; a damaged one is set aside under a name that ends in `stamp`. */
  async read(stamp: string, log: Log): Promise<void> {
    const { data, isDamaged } = await readDocument(this.#file, stamp);
    if (isDamaged) log.error({ file: NAME }, 'A damaged file was set aside');
    if (data === null) return;
    this.#pool = data.pool;
    this.#position = data.position;
  }

  /** Adds the change of the record at a position, unless the pool contains it already. */
  add(change: LatenessPoolChange | undefined, position: JournalPosition): void {
    if (change === undefined || !isAfter(position, this.#position)) return;
    this.#pool = applyLatenessPoolChange(this.#pool, change);
    this.#position = position;
  }

  /** Replaces the pool by one that counts as containing all records up to a position. */
  async replace(pool: LatenessPool, position: JournalPosition): Promise<void> {
    this.#pool = pool;
    this.#position = position;
    await this.write();
  }

  async write(): Promise<void> {
    await writeDocument(this.#file, { version: 1, position: this.#position, pool: this.#pool });
  }
}
