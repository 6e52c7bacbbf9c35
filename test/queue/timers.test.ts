import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startInProcessTimers } from '../../src/queue/in-process-timers.ts';
import { queueOf, startPgBossTimers } from '../../src/queue/pg-boss/pg-boss-timers.ts';
import type { TimedTask } from '../../src/queue/timers.ts';
import { dropTemplate, missingServer, serverDatabase } from '../database/test-database.ts';
import { keepingLog } from '../store/sample.ts';

const HOUR_MS = 3_600_000;
/** pg-boss polls no more often. */
const SHORTEST_POLL_SECONDS = 0.5;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

describe('timers within a process', () => {
  async function begin() {
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-timers-'));
    cleanups.push(() => rm(directory, { recursive: true, force: true }));
    const done: string[] = [];
    const task = (name: string, every: 'hour' | 'day'): TimedTask => ({
      name,
      every,
      run: async () => void done.push(name),
    });
    let now = 0;
    const log = keepingLog();
    /** Starts the timers at an hour, and stops them once what is due was done. */
    const at = async (hour: number, tasks = [task('sweep', 'day'), task('forget', 'hour')]) => {
      now = hour * HOUR_MS;
      const timers = await startInProcessTimers({ directory, tasks, clock: { now: () => now }, log });
      await timers.caughtUp;
      await timers.stop();
      return done.splice(0);
    };
    return { at, directory, log };
  }

  it('do at the start what came due while nobody ran, once', async () => {
    const { at } = await begin();
    expect(await at(0)).toEqual(['sweep', 'forget']);
    expect(await at(0.5)).toEqual([]);
    expect(await at(1)).toEqual(['forget']);
    expect(await at(23)).toEqual(['forget']);
    expect(await at(500)).toEqual(['sweep', 'forget']);
  });

  it('go on with the next task where one fails', async () => {
    const { at, log } = await begin();
    const done: string[] = [];
    const tasks: TimedTask[] = [
      {
        name: 'broken',
        every: 'hour',
        run: async () => {
          throw new Error('no');
        },
      },
      { name: 'sound', every: 'hour', run: async () => void done.push('sound') },
    ];
    await at(0, tasks);
    expect(done).toEqual(['sound']);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('take everything for due where their file cannot be read', async () => {
    const { at, directory } = await begin();
    await at(0);
    await writeFile(join(directory, 'timers.json'), '{"sweep":');
    expect(await at(0.1)).toEqual(['sweep', 'forget']);
  });
});

const missing = await missingServer();
describe.skipIf(missing !== undefined)(
  `timers on pg-boss${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    it('are scheduled once for all processes, and done by one of them', async () => {
      const opened = await serverDatabase();
      cleanups.push(() => opened.destroy());
      const done: string[] = [];
      let tell: () => void = () => undefined;
      const told = new Promise<void>((resolve) => {
        tell = resolve;
      });
      const bosses = [await opened.boss(), await opened.boss()];
      for (const [place, boss] of bosses.entries()) {
        const run = async (): Promise<void> => {
          done.push(`process ${place}`);
          tell();
        };
        const tasks: TimedTask[] = [{ name: 'sweep', every: 'day', run }];
        const timers = await startPgBossTimers(boss, tasks, keepingLog(), SHORTEST_POLL_SECONDS);
        cleanups.push(() => timers.stop());
      }
      const [boss] = bosses;
      expect(await boss?.getSchedules()).toMatchObject([{ name: queueOf('sweep'), cron: '41 3 * * *' }]);
      // What its clock would send at the due minute.
      await boss?.send(queueOf('sweep'));
      expect(await boss?.send(queueOf('sweep'))).toBeNull();
      await told;
      expect(done).toHaveLength(1);
    });
  },
);
