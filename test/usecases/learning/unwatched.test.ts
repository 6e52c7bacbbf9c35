import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Run } from '../../../src/history/run.ts';
import type { Context } from '../../../src/usecases/context.ts';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import { backfill } from '../../../src/usecases/learning/backfill.ts';
import { observeRun } from '../../../src/usecases/learning/observe-run.ts';
import { leaveRepository, resumeInstallation } from '../../../src/usecases/maintenance/installation.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const FILES = [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\n' }];
const KEY = `${NIGHTLY}#0`;
const FIRST = Date.UTC(2026, 4, 1, 2, 20);
const HOUR_MS = 3_600_000;

const nightly = (day: number): Run => sampleRun(day + 1, new Date(FIRST + day * DAY_MS).toISOString());
const WATCHED = 10;
const AWAY = 10;
const BACK = WATCHED + AWAY;

/** Ten nights watched with maintenance after each, then nothing; `lists` is what GitHub lists afterwards. */
async function watched(lists: { runs: readonly Run[] | Error }) {
  const fake = fakeContext({ files: FILES });
  const asked: { readonly from: number; readonly to: number }[] = [];
  const looked: string[] = [];
  const context: Context = {
    ...fake.context,
    github: {
      async connect(profile) {
        const connected = await fake.context.github.connect(profile);
        const runs = async (span: { readonly from: number; readonly to: number }) => {
          asked.push(span);
          if (lists.runs instanceof Error) throw lists.runs;
          return lists.runs.filter(({ createdAt }) => createdAt >= span.from && createdAt < span.to);
        };
        const hasScheduledRun = async (path: string, since: number) => {
          looked.push(path);
          if (lists.runs instanceof Error) throw lists.runs;
          return lists.runs.some((run) => run.path === path && run.createdAt >= since);
        };
        return { ...connected, reader: { ...connected.reader, runs, hasScheduledRun } };
      },
    },
  };
  const maintain = async (day: number) => {
    fake.clock.at = FIRST + day * DAY_MS + 20 * HOUR_MS;
    await runMaintenance(context, SEEN.id);
  };
  const observe = async (day: number) => {
    fake.clock.at = FIRST + day * DAY_MS + HOUR_MS;
    await observeRun(context, SEEN, nightly(day));
  };
  for (let day = 0; day < WATCHED; day += 1) {
    await observe(day);
    await maintain(day);
  }
  asked.length = 0;
  const state = () => knownRepository(context, SEEN.id);
  const alarms = async () => (await state()).audit.filter(({ kind }) => kind === 'alarm');
  return { ...fake, context, asked, looked, maintain, observe, state, alarms };
}

const away = Array.from({ length: AWAY }, (_, day) => nightly(WATCHED + day));
const failing = () => new Error('GitHub does not answer.');

describe('after the server was down for longer than GitHub redelivers', () => {
  it('maintenance reads the run lists again, and no tick is missed', async () => {
    const { maintain, asked, state, alarms } = await watched({ runs: away });
    await maintain(BACK - 1);
    expect(asked).toHaveLength(1);
    expect((await state()).runs.length).toBe(BACK);
    expect((await state()).learned.schedules[KEY]).toMatchObject({ missed: 0, runs: BACK });
    expect((await state()).care.unwatched).toBeUndefined();
    expect(await alarms()).toEqual([]);
  });

  it('a run that comes first misses no tick of that time', async () => {
    const { observe, maintain, state } = await watched({ runs: away });
    await observe(BACK);
    expect((await state()).learned.schedules[KEY]).toMatchObject({ missed: 0, runs: WATCHED + 1 });
    await maintain(BACK);
    expect((await state()).runs.length).toBe(BACK + 1);
  });

  it('what cannot be listed stays unknown, and is read by a later maintenance', async () => {
    const lists: { runs: readonly Run[] | Error } = { runs: failing() };
    const { maintain, state, alarms } = await watched(lists);
    await maintain(BACK - 1);
    expect((await state()).care.unwatched?.to).toBeGreaterThan(FIRST);
    expect(await alarms()).toEqual([]);
    lists.runs = away;
    await maintain(BACK - 0.9);
    expect((await state()).runs.length).toBe(BACK);
  });

  it('lists that show no run make the silence known', async () => {
    const { maintain, alarms } = await watched({ runs: [] });
    await maintain(BACK - 1);
    expect(await alarms()).toHaveLength(1);
  });
});

describe('while webhooks are switched off and maintenance goes on', () => {
  it('lists are read once GitHub redelivers no more, and no tick is missed', async () => {
    const { maintain, observe, asked, state, alarms } = await watched({ runs: away });
    for (let day = WATCHED; day < BACK; day += 1) await maintain(day);
    expect(asked).toHaveLength(2);
    await observe(BACK);
    expect((await state()).runs.length).toBe(BACK + 1);
    expect((await state()).learned.schedules[KEY]).toMatchObject({ missed: 0, runs: BACK + 1 });
    expect(await alarms()).toEqual([]);
  });
});

describe.each([1, 2, 3])(
  'after %i days without server and deliveries, whose ticks do not count as missed',
  (days) => {
    const back = WATCHED + days;
    const late = Array.from({ length: days }, (_, day) => WATCHED + day);

    it.each<[string, (fake: Awaited<ReturnType<typeof watched>>) => Promise<unknown>]>([
      [
        'they are sent again',
        async ({ observe }) => {
          for (const day of late.toReversed()) await observe(day);
        },
      ],
      ['their runs are read from the lists', ({ context, clock }) => readBack(context, clock, back, days)],
    ])('no tick stays missed once %s', async (_, bring) => {
      const fake = await watched({ runs: away });
      await fake.observe(back);
      expect((await fake.state()).learned.schedules[KEY]).toMatchObject({ missed: 0, runs: WATCHED + 1 });
      await bring(fake);
      expect((await fake.state()).learned.schedules[KEY]).toMatchObject({ missed: 0, runs: back + 1 });
      expect(await fake.alarms()).toEqual([]);
    });
  },
);

async function readBack(context: Context, clock: { at: number }, day: number, days: number): Promise<void> {
  clock.at = FIRST + day * DAY_MS + 2 * HOUR_MS;
  await backfill(context, SEEN.id, days + 1);
}

it('while somebody watches, missed ticks count, and lists are looked at once for the silence', async () => {
  const { observe, maintain, asked, looked, state } = await watched({ runs: [] });
  for (let day = WATCHED; day < BACK; day += 1) await maintain(day);
  await observe(BACK);
  expect([asked, looked]).toEqual([[], [NIGHTLY]]);
  expect((await state()).learned.schedules[KEY]?.missed).toBe(AWAY);
});

it('a refusal to list the runs of a silent schedule is recorded, raises no alarm, and ends when GitHub lists them', async () => {
  const refusal = new OffbeatError('github-refused', 'Resource not accessible by integration.');
  const lists: { runs: readonly Run[] | Error } = { runs: refusal };
  const { maintain, state, alarms } = await watched(lists);
  for (let day = WATCHED; day < BACK; day += 1) await maintain(day);
  expect((await state()).profile.refusals['missing runs']).toMatchObject({ sentence: refusal.sentence });
  expect(await alarms()).toEqual([]);
  lists.runs = [];
  await maintain(BACK);
  expect((await state()).profile.refusals).toEqual({});
  expect(await alarms()).toHaveLength(1);
});

it.each<[string, (fake: Awaited<ReturnType<typeof watched>>) => Promise<unknown>]>([
  ['was suspended', ({ context }) => resumeInstallation(context, SEEN.installationId)],
  [
    'was taken off and put back',
    async ({ context, clock }) => {
      const at = clock.at;
      clock.at -= DAY_MS;
      await leaveRepository(context, SEEN.id);
      clock.at = at;
      await meetRepository(context, SEEN);
    },
  ],
])('reads the lists again where the App %s for less', async (_, come) => {
  const fake = await watched({ runs: [nightly(WATCHED)] });
  fake.clock.at = FIRST + WATCHED * DAY_MS + 12 * HOUR_MS;
  await come(fake);
  await fake.maintain(WATCHED);
  expect(fake.asked).toHaveLength(1);
  expect((await fake.state()).runs.length).toBe(WATCHED + 1);
});

it.each<[string, readonly Run[], number]>([
  ['GitHub lists its run, which waits to be delivered', [nightly(WATCHED)], 0],
  [
    'GitHub lists it as going on, of which nothing was delivered',
    [{ ...nightly(WATCHED), endedAt: null, conclusion: null }],
    0,
  ],
  ['GitHub lists no run of it', [{ ...nightly(WATCHED), path: '.github/workflows/other.yml' }], 1],
])('raises an alarm of silence, or none, where %s', async (_, runs, count) => {
  const { maintain, alarms } = await watched({ runs });
  await maintain(WATCHED);
  expect(await alarms()).toHaveLength(count);
});

it('raises an alarm of silence only once GitHub says that there is no run', async () => {
  const lists: { runs: readonly Run[] | Error } = {
    runs: new OffbeatError('github-refused', 'Resource not accessible by integration.'),
  };
  const { maintain, alarms, looked } = await watched(lists);
  await maintain(WATCHED);
  expect(await alarms()).toEqual([]);
  lists.runs = [];
  await maintain(WATCHED + 0.2);
  await maintain(WATCHED + 0.4);
  expect(await alarms()).toHaveLength(1);
  expect(looked).toHaveLength(2);
});

it('raises none where the delivery of the run comes after it was found on GitHub', async () => {
  const { maintain, observe, alarms } = await watched({ runs: [nightly(WATCHED)] });
  await maintain(WATCHED);
  await observe(WATCHED);
  await maintain(WATCHED + 0.1);
  expect(await alarms()).toEqual([]);
});
