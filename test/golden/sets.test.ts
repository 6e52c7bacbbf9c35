import { expect, test } from 'vitest';
import { changesSince, recordedHashes } from './golden.ts';
import { NO_CRON_SETS, recordSetsAlone } from './record.ts';

const LIMIT_MS = 600_000;

test('repositories made from real cron sets show what they showed when the golden run was recorded', {
  timeout: LIMIT_MS,
}, async ({ skip }) => {
  const recording = await recordSetsAlone();
  if (recording === null) return skip(NO_CRON_SETS);
  expect(changesSince(recordedHashes(), recording)).toEqual([]);
});
