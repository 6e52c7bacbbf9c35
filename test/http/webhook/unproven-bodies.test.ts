import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createFrontDoor, WEBHOOK_PATH } from '../../../src/http/webhook/front-door.ts';
import { type BodyResult, BodyRoom } from '../../../src/http/webhook/read-body.ts';
import { keepingLog } from '../../store/sample.ts';
import { deliver, SECRET } from './sample.ts';

const MEBIBYTE = 1024 * 1024;

/** A room whose time stands still until it is told. */
function roomAt() {
  let now = 0;
  const room = new BodyRoom(() => now);
  return {
    room,
    pass: (ms: number) => {
      now += ms;
    },
    /** Begins a body of a length that it announces (or not: `null`), and sends some of it. */
    begin(address: string, announced: number | null, sent: number) {
      const stream = new PassThrough({ highWaterMark: 64 * MEBIBYTE });
      const headers = announced === null ? {} : { 'content-length': String(announced) };
      const request = Object.assign(stream, { headers }) as unknown as IncomingMessage;
      let result: BodyResult['kind'] | 'waits' = 'waits';
      void room.read(request, address).then(({ kind }) => {
        result = kind;
      });
      stream.write(Buffer.alloc(sent));
      return { end: () => stream.end(), result: () => result };
    },
  };
}

/** Streams hand on what they were given in the turns of the event loop that follow. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('room for unproven bodies', () => {
  it('is kept for small ones, whatever large ones take', async () => {
    const { begin } = roomAt();
    const large = ['a', 'b', 'c', 'd', 'e'].map((address) => begin(address, 24 * MEBIBYTE, 20 * MEBIBYTE));
    await settled();
    const small = begin('github', 20_000, 20_000);
    small.end();
    await settled();
    expect(small.result()).toBe('whole');
    expect(large.map(({ result }) => result())).toEqual(['waits', 'waits', 'waits', 'waits', 'waits']);
  });

  it('is made by dropping the body that holds most for longest first', async () => {
    const { begin, pass } = roomAt();
    const largest = begin('a', 25 * MEBIBYTE, 24 * MEBIBYTE);
    await settled();
    pass(1_000);
    const others = ['b', 'c', 'd', 'e'].map((address) => begin(address, 25 * MEBIBYTE, 18 * MEBIBYTE));
    await settled();
    expect(largest.result()).toBe('waits');
    pass(1_000);
    const newest = begin('github', 5 * MEBIBYTE, 5 * MEBIBYTE);
    newest.end();
    await settled();
    expect(newest.result()).toBe('whole');
    expect([largest, ...others].map(({ result }) => result())).toEqual([
      'dropped',
      'waits',
      'waits',
      'waits',
      'waits',
    ]);
  });

  it('is half of it for one address, whose own bodies are dropped first', async () => {
    const { begin, pass } = roomAt();
    const other = begin('other', 25 * MEBIBYTE, 24 * MEBIBYTE);
    await settled();
    pass(10_000);
    const own = [1, 2, 3].map(() => begin('a', 25 * MEBIBYTE, 20 * MEBIBYTE));
    await settled();
    expect(other.result()).toBe('waits');
    expect(own.filter(({ result }) => result() === 'dropped')).toHaveLength(1);
  });

  it('is that of large ones for a body without a length once it has grown', async () => {
    const { begin } = roomAt();
    const bodies = Array.from({ length: 8 }, (_, at) => begin(`address ${at}`, null, 20 * MEBIBYTE));
    await settled();
    const waiting = bodies.filter(({ result }) => result() === 'waits');
    expect(waiting.length).toBeGreaterThan(2);
    expect(waiting.length).toBeLessThan(6);
    const small = begin('github', 20_000, 20_000);
    small.end();
    await settled();
    expect(small.result()).toBe('whole');
  });

  it('is refused for a while to large bodies of an address whose bodies had no good signature', async () => {
    const { room, begin, pass } = roomAt();
    for (let at = 0; at < 5; at += 1) room.failed('a', 25 * MEBIBYTE);
    const [large, small, other] = [
      begin('a', 2 * MEBIBYTE, 10),
      begin('a', 20_000, 20_000),
      begin('b', 2 * MEBIBYTE, 10),
    ];
    small.end();
    await settled();
    expect([large.result(), small.result(), other.result()]).toEqual(['dropped', 'whole', 'waits']);
    pass(60_000);
    const again = begin('a', 2 * MEBIBYTE, 10);
    await settled();
    expect(again.result()).toBe('waits');
  });
});

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('signed deliveries', () => {
  it('are accepted beside strangers that hold large bodies with made-up signatures', async () => {
    const door = createFrontDoor({
      secrets: [SECRET],
      queue: { accept: async () => 'accepted', reject: async () => undefined },
      routes: [],
      log: keepingLog(),
      clock: { now: () => 0 },
    });
    const port = await door.listen(0, '127.0.0.1');
    cleanups.push(async () => {
      door.server.closeAllConnections();
      await door.drain();
    });
    const strangers = await Promise.all(Array.from({ length: 12 }, () => stranger(port)));
    cleanups.push(async () => {
      for (const socket of strangers) socket.destroy();
    });
    for (let id = 1; id <= 20; id += 1) {
      expect((await deliver(`http://127.0.0.1:${port}${WEBHOOK_PATH}`, id)).status).toBe(202);
    }
  });
});

/**
 * Sends nearly all of 25 MB with a made-up signature, and then nothing more; resolves when the kernel has taken it or
 * refused.
 */
async function stranger(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined).resume();
  socket.write(
    `POST ${WEBHOOK_PATH} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${25 * MEBIBYTE}\r\n` +
      `x-github-event: push\r\nx-github-delivery: d\r\nx-hub-signature-256: sha256=${'0'.repeat(64)}\r\n\r\n`,
  );
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(Buffer.alloc(25 * MEBIBYTE - 1), () => resolve());
  });
  return socket;
}
