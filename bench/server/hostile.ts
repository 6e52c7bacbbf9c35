import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MemoryUse } from './app-process.ts';
import { Child } from './child.ts';
import { type Figure, megabytes } from './figures.ts';

const BODY_BYTES = 400 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');
const MOST_GROWTH_BYTES = 30 * 1024 * 1024;

/** What a sender costs who does not sign, or does not stop. */
export async function benchHostile(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { name, headers } of [
    { name: 'unsigned, length announced', headers: { 'content-length': String(BODY_BYTES) } },
    { name: 'unsigned, chunked', headers: {} },
    {
      name: 'with a made-up signature, chunked',
      headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
    },
  ]) {
    const grown = await growth(headers);
    figures.push({
      name: `400 MB ${name}: RSS grows by`,
      value: megabytes(grown),
      bar: `< ${megabytes(MOST_GROWTH_BYTES)}`,
      met: grown < MOST_GROWTH_BYTES,
    });
  }
  return figures;
}

async function growth(headers: Readonly<Record<string, string>>): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const app = new Child('app-process.ts', ['--expose-gc']);
  try {
    const port = await app.ask<number>({ kind: 'lowdb', directory, learn: 'nothing', repositories: 0 });
    const before = await app.ask<MemoryUse>('memory');
    await pour(port, headers);
    const after = await app.ask<MemoryUse>('memory');
    return Math.max(0, after.peakRssBytes - before.rssBytes);
  } finally {
    app.end();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Writes until all is sent or the other side has had enough. */
function pour(port: number, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve) => {
    const sending = request({
      port,
      method: 'POST',
      path: '/api/github/webhooks',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'workflow_run',
        'x-github-delivery': 'bench',
        ...headers,
      },
    });
    let sent = 0;
    const more = (): void => {
      while (sent < BODY_BYTES && !sending.destroyed) {
        sent += PIECE.length;
        if (!sending.write(PIECE)) return;
      }
      if (!sending.destroyed) sending.end();
    };
    sending
      .on('drain', more)
      .on('error', () => resolve())
      .on('close', () => resolve());
    sending.on('response', (response) => response.resume());
    more();
  });
}
