import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { settableClock } from '../../src/demo/clock.ts';
import { generateHistory } from '../../src/demo/history.ts';
import { signature } from '../../src/demo/hook-deliveries.ts';
import { parseJson, textAt } from '../../src/demo/json.ts';
import { replay, webhookOf } from '../../src/demo/replay.ts';
import { RunRegistry } from '../../src/demo/run-registry.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';

const SECRET = 'replay-secret';
const context = {
  repository: { id: 1, full_name: 'octo-org/octo-repo' },
  installationId: 3,
  apiUrl: 'http://api.invalid',
  sender: { login: 'maintainer' },
};
const events = generateHistory({
  workflows: DEMO_WORKFLOWS,
  from: Date.UTC(2026, 5, 1),
  days: 5,
  headSha: 'a'.repeat(40),
  defaultBranch: 'main',
  actor: 'maintainer',
  seed: 1,
  firstId: 1,
});

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function receiver(answer: (name: string, body: string, signed: boolean) => number): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString('utf8');
    const signed = request.headers['x-hub-signature-256'] === signature(SECRET, body);
    response.writeHead(answer(String(request.headers['x-github-event']), body, signed)).end('{}');
  });
  closers.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook`;
}

describe('replay', () => {
  it('sends every event signed and in order, never ahead of its clock, and records ended runs', async () => {
    const clock = settableClock(0);
    const runs = new RunRegistry();
    const received: string[] = [];
    let unsigned = 0;
    const url = await receiver((_, body, signed) => {
      if (!signed) unsigned += 1;
      const payload = parseJson(body);
      const created = textAt(payload, 'workflow_run', 'created_at');
      if (created !== '') expect(Date.parse(created)).toBeLessThanOrEqual(clock.now());
      received.push(body);
      return 202;
    });
    const result = await replay({ events, url, secret: SECRET, context, clock, runs, idle: async () => {} });
    expect(result.sent).toBe(events.length);
    expect(unsigned).toBe(0);
    expect(received).toEqual(events.map((event) => JSON.stringify(webhookOf(event, context).payload)));
    expect(clock.now()).toBe(events.at(-1)?.at);
    const ended = new Set(events.filter(({ kind }) => kind === 'completed').map(({ run }) => run.id));
    const listed = runs.list('octo-org/octo-repo', new URLSearchParams());
    expect(listed.total_count).toBe(ended.size);
  });

  it('stops when the App refuses a webhook', async () => {
    const url = await receiver(() => 401);
    const refused = replay({
      events,
      url,
      secret: SECRET,
      context,
      clock: settableClock(0),
      idle: async () => {},
    });
    await expect(refused).rejects.toThrow('401');
  });
});
