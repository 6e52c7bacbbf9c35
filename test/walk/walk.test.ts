import { afterAll, describe, expect, it } from 'vitest';
import { prepareWalks, tellWalk, type Walks } from './walks.ts';

/** Limits, refusals, outages, answers that nobody can read, and credentials that are not accepted are in these. */
const SEEDS = [1, 2, 3];
const LONGEST_MS = 300_000;

describe('an App to which GitHub answers anything for ten days', () => {
  let prepared: Promise<Walks> | undefined;
  afterAll(async () => (await prepared)?.drop());

  it.each(SEEDS)(
    'loses nothing, does nothing twice, keeps no other waiting and names what is refused, seed %i',
    async (seed) => {
      prepared ??= prepareWalks();
      const walked = await (await prepared).walk(seed);
      expect(walked.troubled.length).toBeGreaterThan(0);
      expect(walked.broken, tellWalk(walked).join('\n')).toEqual([]);
    },
    LONGEST_MS,
  );
});
