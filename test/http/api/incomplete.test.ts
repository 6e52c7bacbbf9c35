import { expect, it } from 'vitest';
import { contractOf, documentedOperations, REPOSITORY, startApi, token } from './harness.ts';

it('says that an answer is not complete while deliveries from before a restart are handled', async () => {
  let replaying = 3;
  const { app, document } = await startApi({ replaying: () => replaying });
  const ask = async () =>
    app.request(`${REPOSITORY}/accuracy`, { headers: { authorization: `Bearer ${await token()}` } });
  const response = await ask();
  const accuracy = documentedOperations(document).find(
    ({ operation }) => operation.operationId === 'accuracy',
  );
  if (accuracy === undefined) throw new Error('There is no such operation.');
  expect(await contractOf(document)(accuracy, response)).toEqual([]);
  expect(await response.json()).toMatchObject({ success: true, incomplete: expect.stringContaining('(3)') });
  replaying = 0;
  expect(await (await ask()).json()).not.toHaveProperty('incomplete');
});
