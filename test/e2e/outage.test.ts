import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from '../../src/demo/exchange.ts';
import type { Meddling } from '../../src/demo/faults.ts';
import { MINUTE_MS } from '../../src/time.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import { dropTemplate, missingServer, serverDatabase, type TestDatabase } from '../database/test-database.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { FIRST_DAY, withApp } from './harness.ts';
import { CONFIG_PATH, NIGHTLY } from './on-time-cases.ts';
import {
  beforeRepositories,
  configOf,
  ELSE,
  ELSE_TEXT,
  LIFE_MS,
  loadState,
  OnTimeLife,
  QUARTER_HOURLY,
} from './on-time-life.ts';

/** Minutes of the first day. */
const DOWN_FROM = 20;
const DOWN_UNTIL = 80;
const LAST = 95;
/** An outage looks like each of these for half of its time. */
const OUTAGES: readonly Meddling[] = [
  { kind: 'lost', how: 'reset', isCarriedOut: false },
  { kind: 'instead', answer: refusal(503, 'Service Unavailable') },
];

/** What is left of the life. */
interface Left {
  /** When requests for a run were heard, in whole minutes of the first day. */
  readonly askedAt: readonly number[];
  readonly requestsMeanwhile: number;
  readonly started: number;
  readonly answers: readonly string[];
  readonly state: RepositoryState;
}

/**
 * Lives an hour in which GitHub sends webhooks and answers no request. `open` makes a database; `null` for files, where
 * a command is sent in that hour: tables put off by the wall clock what GitHub does not answer. Gives what is left.
 */
function drivesOutage(open: () => Promise<(TestDatabase & { readonly url: string }) | null>): () => Left {
  let left: Left;
  beforeAll(async () => {
    left = await live(await open());
  }, LIFE_MS);

  it('starts the newest tick that was missed, and no other; ticks before and after on their minute', () => {
    const { askedAt, started, state } = left;
    expect({ askedAt, started }).toEqual({ askedAt: [15, 80, 90], started: 3 });
    expect(state.ticks.map(({ tick, progress }) => [(tick - FIRST_DAY) / MINUTE_MS, progress.state])).toEqual(
      [
        [15, 'done'],
        [30, 'skipped'],
        [45, 'skipped'],
        [60, 'skipped'],
        [75, 'done'],
        [90, 'done'],
      ],
    );
  });

  it('learns each run of that hour once', () => {
    const pushed = left.state.runs.filter(({ path }) => path === ELSE);
    expect(pushed).toHaveLength(2);
    expect(new Set(pushed.map(({ id }) => id)).size).toBe(2);
  });

  it('leaves GitHub alone meanwhile, but for a try now and then', () => {
    const perMinute = left.requestsMeanwhile / (DOWN_UNTIL - DOWN_FROM);
    expect(perMinute).toBeGreaterThan(0);
    expect(perMinute).toBeLessThan(6);
  });

  return () => left;
}

async function live(database: (TestDatabase & { readonly url: string }) | null): Promise<Left> {
  const time = new SimulatedTime(FIRST_DAY + 5 * MINUTE_MS);
  const at = (minute: number): number => FIRST_DAY + minute * MINUTE_MS;
  const isOnFiles = database === null;
  let left: Left | undefined;
  try {
    await withApp(
      {
        ...beforeRepositories(time, [
          [
            { path: NIGHTLY, text: QUARTER_HOURLY.workflow },
            { path: ELSE, text: ELSE_TEXT },
          ],
        ]),
        ...(isOnFiles ? {} : { database: { url: database.url, poolSize: 6 } }),
      },
      async (app) => {
        const life = new OnTimeLife(app, time, !isOnFiles);
        const hub = life.begin(1, QUARTER_HOURLY, FIRST_DAY);
        await hub.write(CONFIG_PATH, configOf(QUARTER_HOURLY));
        // A dispatcher looks once a minute which repositories there are.
        time.set(at(6));
        await time.fireRepeated();
        const { owner, repo } = hub;
        const { data: issue } = await hub.as.rest.issues.create({ owner, repo, title: 'How are we doing?' });
        const where = { owner, repo, issue_number: issue.number };
        const comes = OUTAGES.map((outage, turn): readonly [number, () => void] => [
          at(DOWN_FROM + (turn * (DOWN_UNTIL - DOWN_FROM)) / OUTAGES.length),
          () => {
            life.waitsForDeliveries = false;
            life.answersApp(outage);
          },
        ]);
        const asks = (): unknown =>
          isOnFiles && hub.as.rest.issues.createComment({ ...where, body: '/report' });
        await life.until(at(LAST), [
          ...comes,
          [at(31), () => hub.somethingElseRuns()],
          [at(40), asks],
          [at(62), () => hub.somethingElseRuns()],
          [at(DOWN_UNTIL), () => life.answersApp(null)],
          [at(LAST - 1), () => Object.assign(life, { waitsForDeliveries: true })],
        ]);
        const { data: comments } = await hub.as.rest.issues.listComments(where);
        await app.stop();
        const state = await loadState(app, database, time);
        if (state === undefined) throw new Error('The repository is known.');
        left = {
          askedAt: life.askedAt(hub.fullName).map((ms) => Math.floor((ms - FIRST_DAY) / MINUTE_MS)),
          requestsMeanwhile: life.metOutageAt.length,
          started: life.runs(hub.fullName, 'workflow_dispatch').length,
          answers: comments.filter(({ user }) => user?.type === 'Bot').map(({ body }) => body ?? ''),
          state,
        };
      },
    );
  } finally {
    time.end();
    await database?.destroy();
  }
  if (left === undefined) throw new Error('It was not lived.');
  return left;
}

describe('an hour without GitHub, on files', () => {
  const left = drivesOutage(async () => null);

  it('answers a command of that hour once, and gives no delivery up', () => {
    expect(left().answers).toHaveLength(1);
    expect(left().answers[0]).toContain('What was learned');
  });
});

const missing = await missingServer();
afterAll(dropTemplate);
const SKIPPED = missing === undefined ? '' : ` (${missing})`;
describe.skipIf(missing !== undefined)(`an hour without GitHub, on PostgreSQL${SKIPPED}`, () => {
  drivesOutage(serverDatabase);
});
