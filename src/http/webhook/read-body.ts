import type { IncomingMessage } from 'node:http';
import { LRUCache } from 'lru-cache';
import { addTo } from '../shared/add-to.ts';

export const MEBIBYTE = 1024 * 1024;

/** GitHub's own cap on a payload (docs: "Webhook events and payloads"). */
export const MAX_BODY_BYTES = 25 * MEBIBYTE;

/** Nearly all deliveries are smaller: those that are read here have some 20 KB. */
const SMALL_BODY_BYTES = MEBIBYTE;

type Size = 'small' | 'large';

/** Bytes of unproven bodies that are held at one time: a well-formed signature header costs nothing to make up. */
const ROOM_BYTES: Readonly<Record<Size, number>> = { small: 32 * MEBIBYTE, large: 4 * MAX_BODY_BYTES };

/** Largest share of a room for one address. Behind a proxy that the settings do not name, all senders have one. */
const SHARE_OF_ADDRESS = 0.5;

/** Share of a room, or of an address's part of it, that is left after bodies were dropped. */
const DROPPED_DOWN_TO = 0.9;

/** Bytes without a valid signature an address may send at once, and then a second, before large ones are refused. */
const FAILED_BURST_BYTES = 4 * MAX_BODY_BYTES;
const FAILED_BYTES_PER_SECOND = 2 * MEBIBYTE;
const ADDRESSES_KEPT = 10_000;

export type BodyResult =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' | 'dropped' | 'aborted' };

/** A body that is being received, and whose signature is not checked yet. */
interface UnprovenBody {
  readonly address: string;
  /** Time of the room's clock, ms. */
  readonly startedAt: number;
  size: Size;
  bytes: number;
  drop(): void;
}

/**
 * Bounds the memory of unproven bodies. Small ones have a room of their own, which large ones cannot take. Where a room
 * or the share of an address is exceeded, the body with the largest product of bytes and age is dropped: a delivery of
 * GitHub arrives within milliseconds, whereas a slow sender's body occupies memory. `now`: a clock in ms.
 */
export class BodyRoom {
  readonly #now: () => number;
  readonly #bodies = new Set<UnprovenBody>();
  /** Bytes by size, and by size and address. */
  readonly #held = new Map<string, number>();
  readonly #failures = new LRUCache<string, { readonly bytes: number; readonly at: number }>({
    max: ADDRESSES_KEPT,
  });

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Reads a body and stops at the limits, also where `content-length` is wrong or missing. */
  read(request: IncomingMessage, address: string): Promise<BodyResult> {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > MAX_BODY_BYTES) return Promise.resolve({ kind: 'too-large' });
    const size = announced > SMALL_BODY_BYTES ? 'large' : 'small';
    if (size === 'large' && this.#hasFailedTooMuch(address)) return Promise.resolve({ kind: 'dropped' });
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      const body: UnprovenBody = {
        address,
        startedAt: this.#now(),
        size,
        bytes: 0,
        drop: () => {
          this.failed(address, body.bytes);
          finish({ kind: 'dropped' });
        },
      };
      this.#bodies.add(body);
      const finish = (result: BodyResult): void => {
        request.off('data', onData).off('end', onEnd).off('close', onClose);
        request.pause();
        this.#remove(body);
        resolve(result);
      };
      const onData = (chunk: Buffer): void => {
        body.bytes += chunk.length;
        this.#count(body, chunk.length);
        chunks.push(chunk);
        const isLarge = body.bytes > SMALL_BODY_BYTES;
        if (body.bytes > MAX_BODY_BYTES) finish({ kind: 'too-large' });
        else if (isLarge && body.size === 'small' && this.#hasFailedTooMuch(address)) body.drop();
        else {
          if (isLarge && body.size === 'small') this.#becomeLarge(body);
          this.#makeRoom(body);
        }
      };
      const onEnd = (): void =>
        finish({
          kind: 'whole',
          bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
        });
      const onClose = (): void => finish({ kind: 'aborted' });
      request.on('data', onData).on('end', onEnd).on('close', onClose);
      request.on('error', () => {
        // 'close' follows and settles the promise; without a listener the process would end.
      });
    });
  }

  /** Counts bytes of an address whose signature was invalid, or that arrived too slowly. */
  failed(address: string, bytes: number): void {
    this.#failures.set(address, { bytes: this.#failedBytes(address) + bytes, at: this.#now() });
  }

  #failedBytes(address: string): number {
    const known = this.#failures.get(address);
    if (known === undefined) return 0;
    return Math.max(0, known.bytes - ((this.#now() - known.at) / 1_000) * FAILED_BYTES_PER_SECOND);
  }

  #hasFailedTooMuch(address: string): boolean {
    return this.#failedBytes(address) > FAILED_BURST_BYTES;
  }

  #count({ size, address }: UnprovenBody, bytes: number): void {
    for (const holder of [size, `${size} ${address}`]) addTo(this.#held, holder, bytes);
  }

  #remove(body: UnprovenBody): void {
    if (this.#bodies.delete(body)) this.#count(body, -body.bytes);
  }

  #becomeLarge(body: UnprovenBody): void {
    this.#count(body, -body.bytes);
    body.size = 'large';
    this.#count(body, body.bytes);
  }

  #makeRoom({ size, address }: UnprovenBody): void {
    const most = ROOM_BYTES[size];
    const own = most * SHARE_OF_ADDRESS;
    if ((this.#held.get(`${size} ${address}`) ?? 0) > own) {
      this.#dropUntil(`${size} ${address}`, own, (body) => body.size === size && body.address === address);
    }
    if ((this.#held.get(size) ?? 0) > most) this.#dropUntil(size, most, (body) => body.size === size);
  }

  /** Drops a little more than necessary, so that the next chunk need not search all bodies again. */
  #dropUntil(holder: string, most: number, isOf: (body: UnprovenBody) => boolean): void {
    const now = this.#now();
    const cost = ({ bytes, startedAt }: UnprovenBody): number => bytes * (now - startedAt + 1);
    const bodies = [...this.#bodies].filter(isOf).sort((one, other) => cost(other) - cost(one));
    for (const body of bodies) {
      if ((this.#held.get(holder) ?? 0) <= most * DROPPED_DOWN_TO) return;
      body.drop();
    }
  }
}
