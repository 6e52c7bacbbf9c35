import { expect, it } from 'vitest';
import { generateHistory } from '../../src/demo/history.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';
import { FIRST_DAY, withApp } from '../e2e/harness.ts';
import { wrongInWebhook } from './webhook-schemas.ts';

it('a replayed history is made of webhooks as GitHub sends them', async () => {
  await withApp({}, async (app) => {
    const context = await app.payloadContext();
    const events = generateHistory({
      workflows: DEMO_WORKFLOWS,
      from: FIRST_DAY,
      days: 3,
      headSha: 'a'.repeat(40),
      defaultBranch: 'main',
      actor: app.emulated.people.maintainer.login,
      seed: 1,
      firstId: 9_000_000_000,
    });
    const wrong = new Set<string>();
    for (const event of events) {
      const { name, payload } = webhookOf(event, context);
      for (const what of wrongInWebhook(name, payload)) wrong.add(what);
    }
    expect([...wrong]).toEqual([]);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['requested', 'completed', 'job']));
  });
});

it.each([
  ['workflow_run', { action: 'completed' }, "required property 'workflow_run'"],
  ['workflow_ran', { action: 'completed' }, 'is no webhook'],
])('a webhook %s that GitHub would not send is told', (event, payload, what) => {
  expect(wrongInWebhook(event, payload).join()).toContain(what);
});
