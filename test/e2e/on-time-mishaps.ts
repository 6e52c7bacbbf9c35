import { beforeAll, expect, it } from 'vitest';
import { asJson, numberAt, parseJson, textAt } from '../../src/demo/json.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { RepositoryState } from '../../src/usecases/ports.ts';
import type { TestDatabase } from '../database/test-database.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { FIRST_DAY, withApp } from './harness.ts';
import { CONFIG_PATH, NIGHTLY } from './on-time-cases.ts';
import {
  beforeRepositories,
  configOf,
  LIFE_MS,
  loadState,
  OnTimeLife,
  QUARTER_HOURLY,
} from './on-time-life.ts';

type Opened = TestDatabase & { readonly url: string };

/** When the App has lost all it knew. */
const LOST_AT = FIRST_DAY + 65 * MINUTE_MS;
/** When it is started again. */
const BACK_AT = FIRST_DAY + 77 * MINUTE_MS;

/** What is left of the life. */
interface Left {
  /** When requests for a run were heard, in whole minutes of the first day. */
  readonly askedAt: readonly number[];
  readonly started: number;
  /** The state just before it was lost. */
  readonly state: RepositoryState;
  readonly logged: readonly string[];
}

/**
 * Lives one life in which the App's clock jumps by hours around ticks, and then all that it knew is lost. `open` makes
 * a database; `null` for files. A second process on the database has the right time.
 */
export function drivesMishaps(open: () => Promise<Opened | null>): void {
  let left: Left;
  beforeAll(async () => {
    const databases: Opened[] = [];
    const opened = async (): Promise<Opened | null> => {
      const database = await open();
      if (database !== null) databases.push(database);
      return database;
    };
    try {
      left = await live(opened);
    } finally {
      for (const database of databases) await database.destroy();
    }
  }, LIFE_MS);

  it('asks for each tick once, at its minute by GitHub’s clock, however its own jumps', () => {
    expect(left.askedAt.filter((minute) => minute < 65)).toEqual([15, 30, 45, 60]);
  });

  it('decides on each tick once, and the watermark follows GitHub’s clock', () => {
    const { ticks, onTime } = left.state;
    expect(ticks.map(({ tick, progress }) => [(tick - FIRST_DAY) / MINUTE_MS, progress.state])).toEqual([
      [15, 'done'],
      [30, 'done'],
      [45, 'done'],
      [60, 'done'],
    ]);
    const watermark = onTime?.files[0]?.watermark ?? 0;
    expect(watermark).toBeGreaterThanOrEqual(FIRST_DAY + 60 * MINUTE_MS);
    expect(watermark).toBeLessThanOrEqual(LOST_AT);
  });

  it('logs how far GitHub’s clock is ahead, and when the clocks agree again', () => {
    const hours = left.logged.map((line) => {
      const said = asJson(parseJson(line));
      return textAt(said, 'msg').includes('again') ? 0 : Math.round(numberAt(said, 'aheadMs') / HOUR_MS);
    });
    // Once a clock was set, it counts as right until GitHub has been asked.
    expect(hours.filter((ahead) => ahead !== 0)).toEqual([-5, -5, 4]);
    expect(hours.at(-1)).toBe(0);
  });

  it('starts nothing from before it lost its state, and the next tick', () => {
    expect(left.askedAt.filter((minute) => minute >= 65)).toEqual([90]);
    expect(left.started).toBe(5);
  });
}

async function live(open: () => Promise<Opened | null>): Promise<Left> {
  const time = new SimulatedTime(FIRST_DAY + 5 * MINUTE_MS);
  let aheadMs = 0;
  const logged: string[] = [];
  const database = await open();
  const kept = { url: database?.url ?? '', poolSize: 6 };
  let left: Left | undefined;
  try {
    await withApp(
      {
        ...beforeRepositories(time, [[{ path: NIGHTLY, text: QUARTER_HOURLY.workflow }]]),
        appClock: { now: () => time.now() + aheadMs },
        log: createLog({ level: 'info', destination: { write: (line) => keepClockNews(logged, line) } }),
        ...(database === null ? {} : { database: kept, second: true }),
      },
      async (app) => {
        const life = new OnTimeLife(app, time, database !== null);
        const hub = life.begin(1, QUARTER_HOURLY, FIRST_DAY);
        const jump = (afterMs: number, by: number) =>
          [
            FIRST_DAY + afterMs,
            () => {
              aheadMs = by;
            },
          ] as const;
        // The files are read for the first time while the clock is wrong.
        aheadMs = 5 * HOUR_MS;
        await hub.write(CONFIG_PATH, configOf(QUARTER_HOURLY));
        await time.fireRepeated();
        await life.until(LOST_AT, [
          jump(20 * MINUTE_MS, 0),
          jump(28 * MINUTE_MS, 5 * HOUR_MS),
          // The request of a moment ago is under way.
          jump(30 * MINUTE_MS + 10 * SECOND_MS, -4 * HOUR_MS),
          jump(50 * MINUTE_MS, 0),
        ]);
        let state: RepositoryState | undefined;
        await app.restart({
          empty: true,
          meanwhile: async () => {
            state = await loadState(app, database, time);
            const other = await open();
            if (other !== null) kept.url = other.url;
            time.set(BACK_AT);
          },
        });
        await hub.somethingElseRuns();
        await life.until(FIRST_DAY + 80 * MINUTE_MS);
        await time.fireRepeated();
        await life.until(FIRST_DAY + 95 * MINUTE_MS);
        if (state === undefined) throw new Error('The repository is known.');
        left = {
          askedAt: life.askedAt(hub.fullName).map((at) => Math.floor((at - FIRST_DAY) / MINUTE_MS)),
          started: life.runs(hub.fullName, 'workflow_dispatch').length,
          state,
          logged,
        };
      },
    );
  } finally {
    time.end();
  }
  if (left === undefined) throw new Error('It was not lived.');
  return left;
}

function keepClockNews(logged: string[], line: string): void {
  if (line.includes('clock')) logged.push(line);
}
