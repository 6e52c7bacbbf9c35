import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import type { Run } from '../../../src/history/run.ts';
import { knownRepository } from '../../../src/usecases/known-repository.ts';
import { learnHistory } from '../../../src/usecases/learning/learn-history.ts';
import { observeJob, observeRun } from '../../../src/usecases/learning/observe-run.ts';
import type { JobTimes } from '../../../src/usecases/ports.ts';
import { NIGHTLY, sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, SEEN } from '../fakes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SCHEDULE = 'on:\n  schedule:\n    - cron: "0 2 * * *"\n';

const workflow = (job: string) => [{ path: NIGHTLY, text: `${SCHEDULE}jobs:\n  a:\n    runs-on: x\n${job}` }];

/** The nightly run of a day whose own times say that it took so long. */
function lasting(day: number, spanMs: number, over: Partial<Run> = {}): Run {
  const run = sampleRun(day + 1, new Date(Date.UTC(2026, 4, 5 + day, 2, 20)).toISOString());
  return { ...run, endedAt: run.startedAt + spanMs, durationSeconds: spanMs / 1_000, ...over };
}

function jobOf(run: Run, minutes: number): JobTimes {
  const startedAt = run.startedAt + MINUTE_MS;
  return { id: 5, createdAt: run.startedAt, startedAt, endedAt: startedAt + minutes * MINUTE_MS };
}

/** GitHub lists these jobs of every attempt; `null` where it lists none from here, an error where it refuses. */
function setUp(jobs: readonly JobTimes[] | null | Error = [], files = workflow('')) {
  const asked: { readonly id: number; readonly attempt: number }[] = [];
  const fake = fakeContext({ files });
  const github = {
    async connect(...given: Parameters<typeof fake.context.github.connect>) {
      const connected = await fake.context.github.connect(...given);
      if (jobs === null) return connected;
      const list = async ({ id, attempt }: { readonly id: number; readonly attempt: number }) => {
        asked.push({ id, attempt });
        if (jobs instanceof Error) throw jobs;
        return jobs;
      };
      return { ...connected, reader: { ...connected.reader, jobs: list } };
    },
  };
  return { context: { ...fake.context, github }, asked, store: fake.store };
}

describe('a run whose own times span weeks', () => {
  const weeks = lasting(0, 20 * DAY_MS);

  it('is measured by its jobs, asked for once', async () => {
    const { context, asked, store } = setUp([jobOf(weeks, 38)]);
    const learnt = await observeRun(context, SEEN, weeks);
    expect(learnt?.actualSeconds).toBe(38 * 60);
    expect(learnt?.run).toMatchObject({ endedAt: weeks.startedAt + 39 * MINUTE_MS, queueSeconds: 60 });
    await observeRun(context, SEEN, weeks);
    expect(asked).toEqual([{ id: weeks.id, attempt: 1 }]);
    expect(store.states.get(SEEN.id)?.runs.at(0)).toMatchObject({ durationSeconds: 38 * 60 });
  });

  it.each([
    ['lists no jobs', [], []],
    ['lists none from here', null, []],
    ['refuses them, which is recorded', new OffbeatError('github-refused', 'Blocked.'), ['times of runs']],
  ])('has no duration where GitHub %s; its lateness and success count', async (_, jobs, refused) => {
    const { context, store } = setUp(jobs);
    const learnt = await observeRun(context, SEEN, weeks);
    expect(learnt).toMatchObject({ actualSeconds: null, latenessMinutes: 20 });
    const stream = Object.values(store.states.get(SEEN.id)?.learned.streams ?? {})[0];
    expect(stream?.duration.experts.count).toBe(0);
    expect(stream?.lastAt).toBe(weeks.startedAt);
    expect(Object.keys(store.states.get(SEEN.id)?.profile.refusals ?? {})).toEqual(refused);
  });

  it('says nothing of the runners where people have started it', async () => {
    const { context } = setUp();
    await observeRun(context, SEEN, { ...weeks, event: 'push' });
    const { learned } = await knownRepository(context, SEEN.id);
    expect(learned.background.lastAt).toBe(0);
  });

  it('is put off where GitHub answers nothing for now', async () => {
    const { context, store } = setUp(new OffbeatError('github-unreachable', 'GitHub does not answer.'));
    await expect(observeRun(context, SEEN, weeks)).rejects.toMatchObject({ code: 'github-unreachable' });
    expect(store.states.get(SEEN.id)?.runs).toEqual([]);
  });

  it('is believed where the App has seen its jobs', async () => {
    const { context, asked } = setUp();
    const { id } = weeks;
    await observeRun(context, SEEN, lasting(-1, 10 * MINUTE_MS));
    const begun = { ...weeks, endedAt: null, conclusion: null, durationSeconds: null };
    await context.store.apply(SEEN.id, { runs: [begun] });
    await observeJob(context, SEEN, { ...jobOf(weeks, 600), runId: id, attempt: 1 });
    expect((await observeRun(context, SEEN, weeks))?.actualSeconds).toBe(600 * 60);
    expect(asked).toEqual([]);
  });
});

describe('what is implausible', () => {
  it.each([
    ['six hours', 6 * HOUR_MS, '', false],
    ['more than the timeout that is the default', 6 * HOUR_MS + 1_000, '', true],
    ['less than a longer timeout of its own', 9 * HOUR_MS, '    timeout-minutes: 600\n', false],
    ['more than it', 11 * HOUR_MS, '    timeout-minutes: 600\n', true],
    ['less than a chain of two', 11 * HOUR_MS, '  b:\n    needs: a\n    runs-on: x\n', false],
  ])('of a workflow without history: %s', async (_, span, job, isAsked) => {
    const { context, asked } = setUp([], workflow(job));
    const learnt = await observeRun(context, SEEN, lasting(0, span));
    expect(asked.length > 0).toBe(isAsked);
    expect(learnt?.actualSeconds === null).toBe(isAsked);
  });

  it.each([
    ['far above what it has shown', 10, true],
    ['within a multiple of it', 120, false],
  ])('of a workflow with history: %s', async (_, usualMinutes, isAsked) => {
    const { context, asked } = setUp([], workflow('    timeout-minutes: 6000\n'));
    for (let day = 0; day < 12; day += 1) {
      await observeRun(context, SEEN, lasting(day, (usualMinutes + (day % 3)) * MINUTE_MS));
    }
    const learnt = await observeRun(context, SEEN, lasting(12, 30 * HOUR_MS));
    expect(asked.length > 0).toBe(isAsked);
    expect(learnt?.actualSeconds === null).toBe(isAsked);
  });
});

it('is left out of a history that is read from a list alone', () => {
  const runs = Array.from({ length: 24 }, (_, day) =>
    lasting(day, day % 8 === 0 ? 20 * DAY_MS : 38 * MINUTE_MS),
  );
  const { learned } = learnHistory(runs, { entries: [] }, workflow(''));
  const [stream] = Object.values(learned.streams);
  expect(stream?.duration.experts.count).toBe(21);
  expect(Math.exp(stream?.duration.experts.recent.at(-1) ?? 0)).toBeCloseTo(38 * 60, 0);
});
