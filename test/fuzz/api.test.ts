import { expect, it } from 'vitest';
import { sampled } from '../sampled.ts';
import { fuzzApi } from './fuzz-api.ts';

/** The whole walk, which `npm run fuzz:api -- --requests 50000` takes too. */
const ALL_REQUESTS = 50_000;
const SAMPLE = 400;

it('answers requests made from its own document without a fault, a path, or a 200 for whoever may not have it', async () => {
  const report = await fuzzApi({ requests: sampled(ALL_REQUESTS, SAMPLE), seed: 1 });
  expect(report.findings).toEqual([]);
  // It has asked what can be answered, and not only what is refused at the door.
  for (const status of [200, 400, 401, 403, 404]) expect(report.statuses.get(status)).toBeGreaterThan(10);
  expect(report.answered.size).toBeGreaterThan(10);
}, 1_800_000);
