import { afterAll, describe, expect, it } from 'vitest';
import { sampled } from '../sampled.ts';
import { prepareWalks, tellWalk, type Walks } from './walks.ts';

/** The first has them all: limits, refusals, outages, answers that nobody can read, credentials not accepted. */
const SEEDS = [4, 1, 2, 3].slice(0, sampled(4, 1));
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
