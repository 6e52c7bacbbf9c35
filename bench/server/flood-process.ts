import { connect } from 'node:net';
import { constants, setPriority } from 'node:os';

/** What the strangers are asked to do: answers once all connections stand. */
export interface FloodOrder {
  readonly port: number;
  readonly connections: number;
}

export interface FloodResult {
  readonly opened: number;
  readonly megabytes: number;
}

const CHUNK = Buffer.alloc(256 * 1024, 'a');
const ANNOUNCED_BYTES = 25 * 1024 * 1024;
/** Each sends nearly all of it and then nothing more. */
const SENT_BYTES = ANNOUNCED_BYTES - 1;
/** Whoever is refused comes again. */
const AGAIN_AFTER_MS = 1_000;
/** Each sends a chunk so often. */
const PACE_MS = 500;

// The strangers are on machines of their own: they shall not take the processor from the others of the bench.
setPriority(constants.priority.PRIORITY_LOW);

let opened = 0;
let bytes = 0;

function strangerOf(port: number): Promise<void> {
  return new Promise((stands) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let sent = 0;
    socket.on('connect', () => {
      opened += 1;
      socket.write(
        'POST /api/github/webhooks HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n' +
          `content-length: ${ANNOUNCED_BYTES}\r\nx-github-event: push\r\nx-github-delivery: d-${opened}\r\n` +
          `x-hub-signature-256: sha256=${'0'.repeat(64)}\r\n\r\n`,
      );
      stands();
    });
    const timer = setInterval(() => {
      if (sent >= SENT_BYTES || socket.writableNeedDrain || socket.connecting) return;
      sent += CHUNK.length;
      bytes += CHUNK.length;
      socket.write(CHUNK);
    }, PACE_MS);
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      setTimeout(() => void strangerOf(port), AGAIN_AFTER_MS);
    });
  });
}

process.on('message', (order: FloodOrder | 'how much') => {
  if (order === 'how much') {
    const result: FloodResult = { opened, megabytes: bytes / 1024 / 1024 };
    process.send?.(result);
    return;
  }
  const strangers = Array.from({ length: order.connections }, () => strangerOf(order.port));
  void Promise.all(strangers).then(() => process.send?.('they stand'));
});
