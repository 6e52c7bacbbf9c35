import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { compareWithGitHub, medianInterval } from '../../src/on-time/compared-with-github.ts';
import { runnerMinutes } from '../../src/on-time/runner-minutes.ts';
import type { ServedTick } from '../../src/on-time/served-tick.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const FIRST = Date.parse('2026-11-02T03:00:00Z');
const NOW = FIRST + 10 * DAY_MS;
const NET = '.github/workflows/offbeat-net.yml';

/** Offbeat's run of a tick came six seconds after it. */
function served(tick: number, over: Partial<ServedTick> = {}): ServedTick {
  return {
    path: '.github/workflows/nightly.yml',
    tick,
    cron: '0 3 * * *',
    timezone: 'UTC',
    mode: 'punctual',
    blobSha: 'b',
    progress: {
      state: 'done',
      firstAt: tick,
      runId: tick / MINUTE_MS,
      createdAt: tick + 6_000,
      attempt: 1,
      endedAt: tick + MINUTE_MS,
    },
    twin: null,
    ...over,
  };
}

function run(over: Partial<Run>): Run {
  return {
    id: 1,
    attempt: 1,
    workflowId: 1,
    path: NET,
    event: 'schedule',
    headSha: 'a',
    headBranch: 'main',
    actor: null,
    createdAt: FIRST,
    startedAt: FIRST,
    endedAt: FIRST + MINUTE_MS,
    conclusion: 'success',
    jobsStartedAt: FIRST,
    jobsEndedAt: FIRST + MINUTE_MS,
    durationSeconds: 20,
    queueSeconds: 3,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
    ...over,
  };
}

describe('what GitHub would have done', () => {
  it('is the difference to the run of the net for the same tick, with an interval of whole days', () => {
    const ticks = Array.from({ length: 8 }, (_, day) => served(FIRST + day * DAY_MS));
    const nets = ticks.map(({ tick }, day) =>
      run({ id: day, tick, createdAt: tick + (60 + 10 * day) * MINUTE_MS }),
    );
    const { laterMinutes, interval, ...counts } = compareWithGitHub(ticks, nets, NOW) ?? {};
    expect(counts).toEqual({ ticks: 8, days: 8 });
    expect(laterMinutes).toBeCloseTo(94.9);
    expect(interval?.[0]).toBeCloseTo(59.9);
    expect(interval?.[1]).toBeCloseTo(129.9);
  });

  it('counts the ticks of a day as one value', () => {
    const ticks = Array.from({ length: 24 }, (_, hour) => served(FIRST + hour * 60 * MINUTE_MS));
    const nets = ticks.map(({ tick }, id) => run({ id, tick, createdAt: tick + 90 * MINUTE_MS }));
    expect(compareWithGitHub(ticks, nets, NOW)).toMatchObject({ ticks: 24, days: 2, interval: null });
  });

  it('is taken from second runs, and not from runs that may be of another tick or that serve this one', () => {
    const twin = { runId: 5, createdAt: FIRST + 2 * 60 * MINUTE_MS, fate: 'cancelled' } as const;
    expect(compareWithGitHub([served(FIRST, { twin })], [], NOW)?.laterMinutes).toBeCloseTo(119.9);
    const adopted = served(FIRST, { twin: { ...twin, fate: 'adopted' } });
    expect(compareWithGitHub([adopted], [], NOW)).toBeNull();
    expect(compareWithGitHub([served(FIRST)], [run({ tick: FIRST, ambiguous: true })], NOW)).toBeNull();
    expect(compareWithGitHub([served(FIRST)], [run({ tick: FIRST - DAY_MS })], NOW)).toBeNull();
  });

  it('is of 30 days', () => {
    const nets = [run({ tick: FIRST, createdAt: FIRST + MINUTE_MS })];
    expect(compareWithGitHub([served(FIRST)], nets, FIRST + 30 * DAY_MS)).not.toBeNull();
    expect(compareWithGitHub([served(FIRST)], nets, FIRST + 31 * DAY_MS)).toBeNull();
  });
});

describe('the interval of a median', () => {
  it.each([
    [5, null],
    [6, [0, 5]],
    [9, [1, 7]],
    [30, [9, 20]],
  ])('of %i values has the ranks of the sign test', (size, ranks) => {
    expect(medianInterval(Array.from({ length: size }, (_, rank) => rank))).toEqual(ranks);
  });
});

describe('minutes of runners', () => {
  it('are rounded up by run, of the net and of second runs that had begun', () => {
    const twin = (runId: number, fate: 'cancelled' | 'left' | 'adopted') =>
      served(FIRST + runId, { twin: { runId, createdAt: FIRST, fate } });
    const runs = [
      run({ id: 11, durationSeconds: 61 }),
      run({ id: 12, durationSeconds: 0, conclusion: 'cancelled', jobsStartedAt: null }),
      run({ id: 13, durationSeconds: 600 }),
      run({ id: 14, durationSeconds: 600 }),
    ];
    const ticks = [twin(11, 'left'), twin(12, 'cancelled'), twin(13, 'adopted')];
    const netRuns = [run({ durationSeconds: 20 }), run({ durationSeconds: 90 })];
    expect(runnerMinutes(ticks, { netRuns, runs }, NOW)).toEqual({ net: 3, twins: 2 });
    expect(runnerMinutes(ticks, { netRuns, runs }, NOW + 40 * DAY_MS)).toEqual({ net: 0, twins: 0 });
  });
});
