import { expect, it, onTestFinished, vi } from 'vitest';
import { openStorage } from '../../src/serve/storage.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { deliver, scheduledRun } from '../http/webhook/sample.ts';
import { clock } from '../store/sample.ts';
import { startFakeGitHub } from './fake-github.ts';
import { startTestServer } from './server.ts';

/** More than are handled at once. */
const LINES = 20;

it('a server whose installation GitHub limits for an hour stops before that, and keeps what waits', async () => {
  const github = await startFakeGitHub();
  onTestFinished(() => github.stop());
  const message = 'API rate limit exceeded for installation ID 9.';
  github.answer({ status: 403, body: { message }, headers: { 'retry-after': '3600' } });
  const app = await startTestServer({ githubApiUrl: github.url });
  onTestFinished(() => app.close());
  const { repository } = scheduledRun(1);
  for (let id = 1; id <= LINES; id += 1) {
    const full_name = `acme/site-${id}`;
    const one = { ...(repository as object), id, name: `site-${id}`, full_name };
    const answer = await deliver(`${app.server.url}/api/github/webhooks`, id, 'completed', {
      repository: one,
    });
    expect(answer.status).toBe(202);
  }
  const waiting = () => app.logged.filter((line) => line.includes('waits until it makes sense')).length;
  await vi.waitUntil(() => waiting() >= LINES, { timeout: 20_000 });
  await app.server.stop();

  const storage = await openStorage({
    env: { dataDirectory: app.directory },
    log: createLog({ level: 'silent' }),
    clock,
    workers: 0,
    handler: () => async () => undefined,
  });
  const { waiting: left, deadLetters } = storage.queue.stats();
  await storage.close();
  expect({ left, deadLetters }).toEqual({ left: LINES, deadLetters: 0 });
});
