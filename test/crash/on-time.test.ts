import { afterAll, describe, expect, it } from 'vitest';
import { dropTemplate, missingServer } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { DEATHS, liveAndDieOnTime } from './on-time-life.ts';
import { onFiles, onTables } from './whole-life.ts';

const missing = await missingServer();
afterAll(dropTemplate);

/** A process on tables starts for seconds: a sample does, and all of them in the long run. */
const ON_TABLES = DEATHS.slice(0, sampled(DEATHS.length, 2));

describe.each([
  { name: 'files', why: undefined, open: onFiles, deaths: DEATHS },
  { name: 'PostgreSQL', why: missing, open: onTables, deaths: ON_TABLES },
])('a process that is killed while it serves a tick, on $name', ({ why, open, deaths }) => {
  it.skipIf(why !== undefined)(
    'starts no run twice, and serves every tick that GitHub has not heard of',
    async () => {
      const { started, states, kills } = await liveAndDieOnTime(await open(), deaths);
      expect(kills).toBe(deaths.length);
      expect(started).toEqual(deaths.map(({ starts }) => starts));
      expect(states).toEqual(deaths.map(({ left }) => left));
    },
    180_000,
  );
});
