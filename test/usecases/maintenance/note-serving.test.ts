import { describe, expect, it } from 'vitest';
import type { ServedTick } from '../../../src/on-time/served-tick.ts';
import { emptyOnTime } from '../../../src/on-time/state.ts';
import type { MeasuredOutcome } from '../../../src/usecases/context.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { noteServing } from '../../../src/usecases/maintenance/note-serving.ts';
import { NIGHTLY } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const MINUTE_MS = 60_000;
const FORTNIGHT_MS = 14 * DAY_MS;
/** A fortnight begins here, as for every repository: a whole number of them since the epoch. */
const BEGAN = 1_470 * FORTNIGHT_MS;

/** A tick that Offbeat served at once; GitHub's own run came so many minutes later, or never. */
function served(at: number, githubAfterMinutes: number | null): ServedTick {
  return {
    path: NIGHTLY,
    tick: at,
    cron: '0 2 * * *',
    timezone: 'UTC',
    mode: 'punctual',
    blobSha: null,
    progress: { state: 'done', firstAt: at, runId: at, createdAt: at, attempt: 1, endedAt: at + 9_000 },
    twin:
      githubAfterMinutes === null
        ? null
        : { runId: at + 1, createdAt: at + githubAfterMinutes * MINUTE_MS, fate: 'cancelled' },
  };
}

async function noted(at: number, ticks: readonly ServedTick[], compares = true) {
  const seen: MeasuredOutcome[] = [];
  const { context, store, clock } = fakeContext(
    {},
    compares ? { onMeasured: async (outcome) => void seen.push(outcome) } : {},
  );
  await meetRepository(context, SEEN);
  if (ticks.length > 0) await store.apply(SEEN.id, { onTime: emptyOnTime(), ticks: [...ticks] });
  clock.at = at;
  await noteServing(context, SEEN.id);
  return seen;
}

const begun = { repositoryId: SEEN.id, kind: 'served', from: BEGAN, value: null };
const measuredBefore = (value: number) => ({ ...begun, from: BEGAN - FORTNIGHT_MS, value });

describe('what on time has saved a repository', () => {
  it('tells that a fortnight has begun as soon as GitHub came for a tick, too', async () => {
    expect(await noted(BEGAN + DAY_MS, [served(BEGAN, 60)])).toEqual([begun]);
  });

  it('tells the saving of the fortnight before as the mean of its pairs, once its last day has settled', async () => {
    const ticks = [
      served(BEGAN - 2 * DAY_MS, 60),
      served(BEGAN - DAY_MS, 180),
      served(BEGAN - DAY_MS + MINUTE_MS, null),
      served(BEGAN, 1),
    ];
    expect(await noted(BEGAN + 2 * DAY_MS - 1, ticks)).toEqual([begun]);
    expect(await noted(BEGAN + 2 * DAY_MS, ticks)).toEqual([begun, measuredBefore(0.5)]);
  });

  it('takes no day of an earlier or of the present fortnight into it', async () => {
    const ticks = [
      served(BEGAN - FORTNIGHT_MS - DAY_MS, 1),
      served(BEGAN - FORTNIGHT_MS, 240),
      served(BEGAN, 1),
    ];
    expect(await noted(BEGAN + 3 * DAY_MS, ticks)).toEqual([begun, measuredBefore(1)]);
  });

  it('tells nothing where GitHub came for no tick, where nothing is on time, or where nobody compares', async () => {
    const at = BEGAN + 3 * DAY_MS;
    expect(await noted(at, [served(BEGAN - DAY_MS, null)])).toEqual([]);
    expect(await noted(at, [])).toEqual([]);
    expect(await noted(at, [served(BEGAN - DAY_MS, 60)], false)).toEqual([]);
  });
});
