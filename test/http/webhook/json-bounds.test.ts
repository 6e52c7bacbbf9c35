import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WEBHOOK_PATH } from '../../../src/http/webhook/front-door.ts';
import { exceedsBounds } from '../../../src/http/webhook/json-bounds.ts';
import { SECRET, scheduledRun, sign } from './sample.ts';

const MEBIBYTE = 1024 * 1024;

describe('the bounds of a payload', () => {
  it.each<[string, string, boolean]>([
    ['a payload of every day', JSON.stringify(scheduledRun(1)), false],
    ['the longest comment, in escapes', JSON.stringify({ body: '\u0001'.repeat(65_536) }), false],
    [
      'many strings',
      JSON.stringify(Array.from({ length: 100_000 }, (_, at) => `a string of its own ${at}`)),
      false,
    ],
    ['a string of 20 MB', JSON.stringify({ ref: 'x'.repeat(20 * MEBIBYTE) }), true],
    ['a string of quotes', JSON.stringify({ ref: '"\\'.repeat(MEBIBYTE) }), true],
    ['a string without end', `{"ref":"${'x'.repeat(MEBIBYTE)}`, true],
    ['a name of 20 MB', JSON.stringify({ ['x'.repeat(20 * MEBIBYTE)]: 1 }), true],
    ['millions of values', `[${'{},'.repeat(2_000_000)}{}]`, true],
    ['millions of lists in each other', '['.repeat(2_000_000), true],
  ])('%s', (_, text, expected) => {
    expect(exceedsBounds(Buffer.from(text))).toBe(expected);
  });
});

describe('a process with a heap of 128 MB', () => {
  it('goes on after signed deliveries with branch names of 20 MB', async () => {
    const door = fork(join(import.meta.dirname, 'small-heap-door.ts'), [], {
      execArgv: ['--max-old-space-size=128', '--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH, SECRET },
    });
    try {
      const [port] = (await once(door, 'message')) as [number];
      const post = async (id: number, more: Record<string, unknown>): Promise<number> => {
        const body = JSON.stringify(scheduledRun(id, more));
        const response = await fetch(`http://127.0.0.1:${port}${WEBHOOK_PATH}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-github-event': 'workflow_run',
            'x-github-delivery': `delivery-${id}`,
            'x-hub-signature-256': sign(body),
          },
          body,
        });
        return response.status;
      };
      for (const letter of ['x', 'ü']) {
        const branch = letter.repeat((20 * MEBIBYTE) / Buffer.byteLength(letter));
        for (let id = 1; id <= 6; id += 1) expect(await post(id, { head_branch: branch })).toBe(422);
      }
      expect(await post(7, { head_branch: 'main' })).toBe(202);
    } finally {
      door.kill('SIGKILL');
    }
  });
});
