import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { LearningEvent, LearningLog } from '../strategy/strategy.ts';

/** Events look alike: 32 of them fold to 50 bytes each, and are opened in 0.1 ms. */
const CHUNK_EVENTS = 32;
/** Of one event held open, in memory: its sentence and the genes before and after. */
const OPEN_EVENT_BYTES = 700;
const FASTEST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Events put away, oldest first: their JSON, one after the other with commas between, compressed. */
interface Chunk {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/**
 * A log that never changes: `with` returns another that shares what is equal. The newest events are open, as each run
 * adds one; older ones are packed. Nobody reads them but a page, a report and the file they are written to.
 */
export class PackedLog implements LearningLog {
  static readonly empty = new PackedLog([], []);
  readonly #chunks: readonly Chunk[];
  readonly #newest: readonly LearningEvent[];

  private constructor(chunks: readonly Chunk[], newest: readonly LearningEvent[]) {
    this.#chunks = chunks;
    this.#newest = newest;
  }

  /** `events` oldest first. */
  static of(events: Iterable<LearningEvent>): PackedLog {
    return PackedLog.empty.with([...events]);
  }

  get length(): number {
    return this.#chunks.reduce((sum, { count }) => sum + count, this.#newest.length);
  }

  /** Of memory, about. */
  get bytes(): number {
    const packed = this.#chunks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
    return packed + OPEN_EVENT_BYTES * this.#newest.length;
  }

  *[Symbol.iterator](): Iterator<LearningEvent> {
    for (const chunk of this.#chunks) yield* unpack(chunk);
    yield* this.#newest;
  }

  slice(from?: number, to?: number): LearningEvent[] {
    return [...this].slice(from, to);
  }

  filter(keep: (event: LearningEvent) => boolean): LearningEvent[] {
    return [...this].filter(keep);
  }

  map<T>(change: (event: LearningEvent) => T): T[] {
    return [...this].map(change);
  }

  toJSON(): readonly LearningEvent[] {
    return [...this];
  }

  /** Events as one JSON text: what is packed need not become objects for it. */
  toText(): string {
    const texts = this.#chunks.map(textOf);
    if (this.#newest.length > 0) texts.push(textBetweenBrackets(this.#newest));
    return `[${texts.join(',')}]`;
  }

  with(events: readonly LearningEvent[]): PackedLog {
    if (events.length === 0) return this;
    const newest = [...this.#newest, ...events];
    const chunks = [...this.#chunks];
    let from = 0;
    for (; newest.length - from >= 2 * CHUNK_EVENTS; from += CHUNK_EVENTS) {
      chunks.push(pack(newest.slice(from, from + CHUNK_EVENTS)));
    }
    return new PackedLog(chunks, newest.slice(from));
  }

  /** Without the `count` oldest. */
  withoutOldest(count: number): PackedLog {
    let left = count;
    const whole = this.#chunks.findIndex((chunk) => {
      if (chunk.count > left) return true;
      left -= chunk.count;
      return false;
    });
    if (whole === -1) return new PackedLog([], this.#newest.slice(left));
    const [cut, ...chunks] = this.#chunks.slice(whole) as [Chunk, ...Chunk[]];
    return new PackedLog(
      left === 0 ? [cut, ...chunks] : [pack(unpack(cut).slice(left)), ...chunks],
      this.#newest,
    );
  }

  /** The packed ones alone, and the open ones. */
  split(): { readonly packed: PackedLog; readonly newest: readonly LearningEvent[] } {
    return { packed: new PackedLog(this.#chunks, []), newest: this.#newest };
  }

  /** The other way round: `newest` all stand behind the packed ones. */
  joined(newest: readonly LearningEvent[]): PackedLog {
    return new PackedLog(this.#chunks, newest);
  }
}

/** Any log in packed form; the same object where it is packed already. */
export function packedLog(log: LearningLog): PackedLog {
  return log instanceof PackedLog ? log : PackedLog.of(log);
}

function pack(events: readonly LearningEvent[]): Chunk {
  // A copy of its own length: what the compressor gives lies in a larger buffer.
  const bytes = Uint8Array.from(zstdCompressSync(textBetweenBrackets(events), FASTEST));
  return { count: events.length, bytes };
}

function unpack(chunk: Chunk): readonly LearningEvent[] {
  // Our own text, in memory only, of events that were checked when they were read: there is nothing to check.
  return JSON.parse(`[${textOf(chunk)}]`);
}

function textOf({ bytes }: Chunk): string {
  return zstdDecompressSync(bytes).toString('utf8');
}

function textBetweenBrackets(events: readonly LearningEvent[]): string {
  return JSON.stringify(events).slice(1, -1);
}
