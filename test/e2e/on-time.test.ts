import { afterEach, describe, expect, it } from 'vitest';
import { DEMO_WORKFLOWS } from '../../src/demo/workflows.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { FIRST_DAY, type RunningApp, withApp } from './harness.ts';
import { ON_TIME_PERMISSIONS } from './on-time-life.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** The nightly build ticks at midnight. */
const NIGHTLY = '.github/workflows/nightly-build.yml';
const TICK = FIRST_DAY + 24 * HOUR_MS;
const WORKFLOWS = DEMO_WORKFLOWS.filter(({ path }) => path === NIGHTLY);
const CONFIG = 'mode: suggest\nnet: cron\n';

let time: SimulatedTime;
afterEach(() => time.end());

/** Lets the time pass until then: whatever was put off is done when it is due. */
async function until(app: RunningApp, end: number): Promise<void> {
  for (;;) {
    await quiet(app);
    const next = Math.min(time.nextDue() ?? Number.POSITIVE_INFINITY, time.now() + 15 * MINUTE_MS);
    if (next > end) break;
    time.set(next);
    app.emulated.actions.advance();
    time.fireDue();
    await time.fireRepeated();
  }
  time.set(end);
  app.emulated.actions.advance();
  await quiet(app);
}

async function quiet(app: RunningApp): Promise<void> {
  for (let requests = -1; requests !== app.emulated.requests.length; ) {
    requests = app.emulated.requests.length;
    await app.idle();
  }
}

/** A repository whose nightly build somebody has put on time with a command. */
async function served(test: (app: RunningApp) => Promise<void>): Promise<void> {
  time = new SimulatedTime(FIRST_DAY);
  await withApp(
    { workflows: WORKFLOWS, config: CONFIG, permissions: ON_TIME_PERMISSIONS, time },
    async (app) => {
      const { data: issue } = await app
        .as('maintainer')
        .rest.issues.create({ ...app.where, title: 'On time' });
      const answer = await app.command('maintainer', issue.number, '/on-time nightly-build.yml punctual');
      expect(answer).toContain('punctual');
      time.set(TICK - 20 * MINUTE_MS);
      await test(app);
    },
  );
}

function dispatches(app: RunningApp): readonly string[] {
  return app.writes().filter((write) => write.includes('/dispatches'));
}

const started = (app: RunningApp) =>
  app.emulated.actions.started.filter(({ run }) => run.event === 'workflow_dispatch');

describe('a workflow on time, through HTTP', () => {
  it('is started at its tick by the App, once, and the answer tells who has served it', async () => {
    await served(async (app) => {
      await until(app, TICK + 2 * HOUR_MS);
      expect(dispatches(app)).toHaveLength(1);
      expect(started(app)).toHaveLength(1);
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Ask' });
      const answer = await app.command('maintainer', issue.number, '/on-time');
      expect(answer).toContain('100 % of 1 ticks started within 5 minutes; served by Offbeat 1');
    });
  });

  it('catches up after a restart, and does not start again what was started before', async () => {
    await served(async (app) => {
      await until(app, TICK + MINUTE_MS);
      await app.restart();
      await until(app, TICK + HOUR_MS);
      expect(started(app)).toHaveLength(1);
      await app.restart({
        meanwhile: async () => {
          time.set(TICK + 25 * HOUR_MS);
        },
      });
      await until(app, TICK + 26 * HOUR_MS);
      expect(started(app)).toHaveLength(2);
    });
  });

  it('starts nothing from before, where all it knew is lost', async () => {
    await served(async (app) => {
      await app.restart({
        empty: true,
        meanwhile: async () => {
          time.set(TICK + 10 * MINUTE_MS);
        },
      });
      const { data: issue } = await app.as('maintainer').rest.issues.create({ ...app.where, title: 'Again' });
      // Nothing is known of any workflow yet: all of them, then.
      await app.command('maintainer', issue.number, '/on-time punctual');
      await until(app, TICK + 3 * HOUR_MS);
      expect(dispatches(app)).toHaveLength(0);
      await until(app, TICK + 25 * HOUR_MS);
      expect(dispatches(app)).toHaveLength(1);
    });
  });
});
