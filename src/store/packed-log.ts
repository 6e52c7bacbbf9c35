import type { LearningEvent, LearningLog } from '../strategy/strategy.ts';
import type { ByteText } from './byte-text.ts';
import { foldText, unfoldText } from './folded-text.ts';

/** Events look alike: 32 of them fold to 50 bytes each, and are opened in 0.1 ms. */
const CHUNK_EVENTS = 32;

/** Events put away, oldest first: their JSON, one after the other with commas between, compressed. */
export interface EventsChunk {
  readonly count: number;
  readonly bytes: ByteText;
}

/** The newest events, oldest first, as the same JSON uncompressed. */
export interface EventTexts {
  readonly count: number;
  readonly text: string;
}

const NONE: EventTexts = { count: 0, text: '' };

/**
 * A log that never changes: `with` returns another that shares what is equal. Each run adds an event, and nobody reads
 * them but a page, a report and the file they are written to: so they are kept as that file's text, older ones compressed.
 */
export class PackedLog implements LearningLog {
  static readonly empty = new PackedLog([], NONE);
  readonly #chunks: readonly EventsChunk[];
  readonly #newest: EventTexts;

  private constructor(chunks: readonly EventsChunk[], newest: EventTexts) {
    this.#chunks = chunks;
    this.#newest = newest;
  }

  /** `events` oldest first. */
  static of(events: Iterable<LearningEvent>): PackedLog {
    return PackedLog.empty.with([...events]);
  }

  get length(): number {
    return this.#chunks.reduce((sum, { count }) => sum + count, this.#newest.count);
  }

  /** Of memory, about. */
  get bytes(): number {
    return this.#chunks.reduce((sum, { bytes }) => sum + bytes.length, this.#newest.text.length);
  }

  *[Symbol.iterator](): Iterator<LearningEvent> {
    for (const { bytes } of this.#chunks) yield* eventsIn(unfoldText(bytes));
    yield* eventsIn(this.#newest.text);
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

  /** Events as one JSON text: they need not become objects for it. */
  toText(): string {
    const texts = this.#chunks.map(({ bytes }) => unfoldText(bytes));
    if (this.#newest.count > 0) texts.push(this.#newest.text);
    return `[${texts.join(',')}]`;
  }

  with(events: readonly LearningEvent[]): PackedLog {
    if (events.length === 0) return this;
    const chunks = [...this.#chunks];
    let { count, text } = this.#newest;
    for (const event of events) {
      text = count === 0 ? JSON.stringify(event) : `${text},${JSON.stringify(event)}`;
      count += 1;
      if (count < CHUNK_EVENTS) continue;
      chunks.push({ count, bytes: foldText(text) });
      ({ count, text } = NONE);
    }
    return new PackedLog(chunks, { count, text });
  }

  /** Without the `count` oldest. */
  withoutOldest(count: number): PackedLog {
    let left = count;
    const whole = this.#chunks.findIndex((chunk) => {
      if (chunk.count > left) return true;
      left -= chunk.count;
      return false;
    });
    if (whole === -1) return PackedLog.of(eventsIn(this.#newest.text).slice(left));
    const [cut, ...chunks] = this.#chunks.slice(whole) as [EventsChunk, ...EventsChunk[]];
    return new PackedLog(left === 0 ? [cut, ...chunks] : [withoutFirst(cut, left), ...chunks], this.#newest);
  }

  /** The packed ones and the newest. */
  split(): { readonly chunks: readonly EventsChunk[]; readonly newest: EventTexts } {
    return { chunks: this.#chunks, newest: this.#newest };
  }

  /** The other way round: `newest` all stand behind the packed ones. */
  static joined(chunks: readonly EventsChunk[], newest: EventTexts): PackedLog {
    return new PackedLog(chunks, newest);
  }
}

/** Any log in packed form; the same object where it is packed already. */
export function packedLog(log: LearningLog): PackedLog {
  return log instanceof PackedLog ? log : PackedLog.of(log);
}

function withoutFirst({ count, bytes }: EventsChunk, left: number): EventsChunk {
  const kept = JSON.stringify(eventsIn(unfoldText(bytes)).slice(left)).slice(1, -1);
  return { count: count - left, bytes: foldText(kept) };
}

function eventsIn(text: string): readonly LearningEvent[] {
  // Our own text, in memory only, of events that were checked when they were read: there is nothing to check.
  return JSON.parse(`[${text}]`);
}
