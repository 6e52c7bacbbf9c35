import { expect, it } from 'vitest';
import { generateHistory } from '../../src/demo/history.ts';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { FIRST_DAY, TEST_WORKFLOWS, WEBHOOK_PATH, WEBHOOK_SECRET, withApp } from '../e2e/harness.ts';

it('counts a captured delivery once when it is sent again under new delivery ids, also after a restart', async () => {
  await withApp({}, async (app) => {
    const [happened] = generateHistory({
      workflows: TEST_WORKFLOWS.slice(0, 1),
      from: FIRST_DAY,
      days: 3,
      headSha: 'a'.repeat(40),
      defaultBranch: 'main',
      actor: 'maintainer',
      seed: 1,
      firstId: 1,
    });
    if (happened === undefined) throw new Error('Nothing has happened in three days.');
    const { name: event, payload } = webhookOf(happened, await app.payloadContext());
    const body = JSON.stringify(payload);
    const post = async (guid: string): Promise<unknown> => {
      const response = await fetch(`${app.server.url}${WEBHOOK_PATH}`, {
        method: 'POST',
        headers: hookHeaders({ event, guid, body, secret: WEBHOOK_SECRET }),
        body,
      });
      return response.json();
    };
    expect(await post('first')).toEqual({ status: 'accepted' });
    expect(await post('second')).toEqual({ status: 'duplicate' });
    await app.restart();
    expect(await post('third')).toEqual({ status: 'duplicate' });
  });
});
