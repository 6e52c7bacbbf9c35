import { randomBytes } from 'node:crypto';

/** Ids a process gives in a millisecond, the next borrowing from the next one. Safe integers until 2248. */
const PER_MILLISECOND = 1024;

export interface OrderedId {
  /** UUID of version 7: later ids of a process sort after earlier ones. */
  readonly uuid: string;
  readonly sequence: number;
}

/** Gives ids in the order in which they are asked for (RFC 9562, method 1: a counter in the bits after the time). */
export class OrderedIds {
  readonly #now: () => number;
  #last = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): OrderedId {
    this.#last = Math.max(this.#last + 1, this.#now() * PER_MILLISECOND);
    return { uuid: uuidOf(this.#last, randomBytes(8)), sequence: this.#last };
  }
}

/** The `sequence` of an id that `OrderedIds` gave. */
export function sequenceOf(uuid: string): number {
  const milliseconds = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
  return milliseconds * PER_MILLISECOND + Number.parseInt(uuid.slice(15, 18), 16);
}

function uuidOf(sequence: number, random: Buffer): string {
  const time = Math.floor(sequence / PER_MILLISECOND)
    .toString(16)
    .padStart(12, '0');
  const counter = (sequence % PER_MILLISECOND).toString(16).padStart(3, '0');
  // The variant: binary 10 in front.
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const rest = random.toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
