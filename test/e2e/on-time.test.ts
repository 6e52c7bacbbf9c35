import { afterAll, describe, expect, it } from 'vitest';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { sampled } from '../sampled.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { FIRST_DAY, type RunningApp, withApp } from './harness.ts';
import { CASES, CONFIG_PATH, NIGHTLY } from './on-time-cases.ts';
import {
  beforeRepositories,
  configOf,
  LIFE_MS,
  loadState,
  ON_TIME_PERMISSIONS,
  OnTimeLife,
  QUARTER_HOURLY,
} from './on-time-life.ts';
import { drivesMishaps } from './on-time-mishaps.ts';
import { drivesTicks } from './on-time-table.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** The nightly build ticks at midnight. */
const NIGHTLY_BUILD = '.github/workflows/nightly-build.yml';
const TICK = FIRST_DAY + 24 * HOUR_MS;
const WORKFLOWS = DEMO_WORKFLOWS.filter(({ path }) => path === NIGHTLY_BUILD);
const CONFIG = 'mode: suggest\nnet: cron\n';

/** A repository whose nightly build somebody has put on time with a command. */
async function served(test: (app: RunningApp, life: OnTimeLife, time: SimulatedTime) => Promise<void>) {
  const time = new SimulatedTime(FIRST_DAY);
  const options = { workflows: WORKFLOWS, config: CONFIG, permissions: ON_TIME_PERMISSIONS, time };
  try {
    await withApp(options, async (app) => {
      const { data: issue } = await app
        .as('maintainer')
        .rest.issues.create({ ...app.where, title: 'On time' });
      const answer = await app.command('maintainer', issue.number, '/on-time nightly-build.yml punctual');
      expect(answer).toContain('punctual');
      time.set(TICK - 20 * MINUTE_MS);
      await test(app, new OnTimeLife(app, time, false), time);
    });
  } finally {
    time.end();
  }
}

function dispatches(app: RunningApp): readonly string[] {
  return app.writes().filter((write) => write.includes('/dispatches'));
}

const started = (app: RunningApp) =>
  app.emulated.actions.started.filter(({ run }) => run.event === 'workflow_dispatch');

describe('a workflow on time, through HTTP', { timeout: LIFE_MS }, () => {
  it('is started at its tick by the App, once, and the answer tells who has served it', async () => {
    await served(async (app, life) => {
      await life.until(TICK + 2 * HOUR_MS);
      expect(dispatches(app)).toHaveLength(1);
      expect(started(app)).toHaveLength(1);
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Ask' });
      const answer = await app.command('maintainer', issue.number, '/on-time');
      expect(answer).toContain('100 % of 1 ticks started within 5 minutes; served by Offbeat 1');
    });
  });

  it('catches up after a restart, and does not start again what was started before', async () => {
    await served(async (app, life, time) => {
      await life.until(TICK + MINUTE_MS);
      await app.restart();
      await life.until(TICK + HOUR_MS);
      expect(started(app)).toHaveLength(1);
      await app.restart({
        meanwhile: async () => {
          time.set(TICK + 25 * HOUR_MS);
        },
      });
      await life.until(TICK + 26 * HOUR_MS);
      expect(started(app)).toHaveLength(2);
    });
  });
});

describe('a delivery that was accepted by a wrong clock', () => {
  it('starts no tick from before the files were read', { timeout: LIFE_MS }, async () => {
    const time = new SimulatedTime(FIRST_DAY + 5 * MINUTE_MS);
    let aheadMs = -5 * HOUR_MS;
    const files = [{ path: NIGHTLY, text: QUARTER_HOURLY.workflow }];
    const appClock = { now: () => time.now() + aheadMs };
    try {
      await withApp({ ...beforeRepositories(time, [files]), appClock }, async (app) => {
        const life = new OnTimeLife(app, time, false);
        const hub = life.begin(1, QUARTER_HOURLY, FIRST_DAY);
        // It is set right, or another process handles the delivery.
        app.emulated.faults.meddleWith(({ caller }) => {
          if (caller.kind === 'installation') aheadMs = 0;
          return undefined;
        });
        await hub.write(CONFIG_PATH, configOf(QUARTER_HOURLY));
        await time.fireRepeated();
        await life.until(FIRST_DAY + 20 * MINUTE_MS);
        expect(life.runs(hub.fullName, 'workflow_dispatch')).toHaveLength(1);
        await app.stop();
        const state = await loadState(app, null, time);
        expect(state?.ticks.map(({ tick }) => (tick - FIRST_DAY) / MINUTE_MS)).toEqual([15]);
      });
    } finally {
      time.end();
    }
  });
});
describe('a tick, on files', () => drivesTicks(CASES, async () => null));
describe('clocks that jump, and lost state, on files', () => drivesMishaps(async () => null));

const missing = await missingServer();
afterAll(dropTemplate);
/** The long run drives all of them there; the suite those in which two processes could do something twice. */
const ON_TABLES = sampled(1, 0) > 0 ? CASES : CASES.filter(({ forTwo }) => forTwo === true);
const SKIPPED = missing === undefined ? '' : ` (${missing})`;

describe.skipIf(missing !== undefined)(`a tick, on PostgreSQL with two processes${SKIPPED}`, () =>
  drivesTicks(ON_TABLES, serverDatabase),
);

describe.skipIf(missing !== undefined)(`clocks that jump, and lost state, on PostgreSQL${SKIPPED}`, () =>
  drivesMishaps(serverDatabase),
);
