import { expect, test } from 'vitest';
import { changesSince, recordedHashes } from './golden.ts';
import { recordDemoAlone } from './record.ts';

const LIMIT_MS = 600_000;

test('the demo shows what it showed when the golden run was recorded (see npm run golden)', {
  timeout: LIMIT_MS,
}, async () => {
  expect(changesSince(recordedHashes(), await recordDemoAlone())).toEqual([]);
});
