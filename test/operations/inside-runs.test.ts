import { beforeEach, describe, expect, it } from 'vitest';
import { Bottlenecks } from '../../src/render/bottlenecks.ts';
import { CapacityReport } from '../../src/render/capacity.ts';
import { CostReport } from '../../src/render/cost.ts';
import { LoadAhead } from '../../src/render/load-ahead.ts';
import { Prediction } from '../../src/render/prediction.ts';
import { Report } from '../../src/render/report.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { Simulated } from '../../src/usecases/questions/simulate-repository.ts';
import { sampleRun } from '../history/sample-run.ts';
import { observed } from '../jobs/observed.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../usecases/fakes.ts';
import { askOperation } from './ask-operation.ts';

const PATH = '.github/workflows/ci.yml';
const TEXT = `name: CI
on: push
jobs:
  lint:
    runs-on: ubuntu-latest
  test:
    runs-on: [gpu]
    strategy:
      matrix:
        shard: [1, 2]
    steps: [{ run: make test }]
  deploy:
    needs: [lint, test]
    runs-on: ubuntu-latest
`;

let fake: ReturnType<typeof fakeContext>;

beforeEach(async () => {
  fake = fakeContext({ files: [{ path: PATH, text: TEXT }] });
  await meetRepository(fake.context, SEEN);
});

/** A run a day; lint takes one minute, the shards of test ten after a wait of two, deploy half a minute. */
async function live(days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const createdAt = NOW - (days - day) * DAY_MS + 3_600_000;
    const run = sampleRun(1_000 + day, new Date(createdAt).toISOString(), { path: PATH, event: 'push' });
    await observeRun(fake.context, SEEN, run);
    const job = (id: number, name: string, after: number, waited: number, worked: number, label: string) => {
      const queuedAt = createdAt + after * 1_000;
      const startedAt = queuedAt + waited * 1_000;
      const times = { createdAt: queuedAt, startedAt, endedAt: startedAt + worked * 1_000 };
      return { ...observed(10 * day + id), ...times, runId: run.id, path: PATH, name, labels: [label] };
    };
    await fake.store.apply(SEEN.id, {
      observedJobs: [
        job(1, 'lint', 0, 5, 60, 'ubuntu-latest'),
        job(2, 'test (1)', 0, 120, 600, 'gpu'),
        job(3, 'test (2)', 0, 120, 590, 'gpu'),
        job(4, 'deploy', 720, 5, 30, 'ubuntu-latest'),
      ],
    });
  }
}

const ask = (name: string, input?: unknown) => askOperation(fake.context, name, input);

describe('/bottlenecks', () => {
  it('names the job that decides, with what it would bring and the slack of the others', async () => {
    await live(20);
    const { data, markdown, terminal } = await ask('bottlenecks', { workflow: 'ci.yml' });
    const [workflow] = Bottlenecks.parse(data).workflows;
    expect(workflow?.bottlenecks).toMatchObject([{ job: 'test', kind: 'work' }]);
    expect(workflow?.bottlenecks[0]?.saves_seconds).toBeCloseTo(360, -1);
    expect(workflow?.jobs.find(({ id }) => id === 'lint')?.slack_seconds).toBeCloseTo(655, -1);
    expect(markdown).toContain('Bottleneck `test` is on the critical path of 100');
    expect(terminal).toContain('test');
  });

  it('suggests a timeout with the diff that Offbeat could write', async () => {
    await live(35);
    const { data, markdown } = await ask('bottlenecks');
    const suggestions = Bottlenecks.parse(data).workflows[0]?.suggestions ?? [];
    const timeout = suggestions.find(({ kind, job }) => kind === 'timeout' && job === 'lint');
    expect(timeout?.writable).toBe(true);
    expect(timeout?.diff).toContain('+    timeout-minutes: 11\n     runs-on: ubuntu-latest');
    expect(markdown).toContain('Give `lint` a timeout of 11 minutes.');
    // What tests are spread over is described alone.
    expect(suggestions.find(({ kind }) => kind === 'split')).toMatchObject({ job: 'test', writable: false });
  });

  it('answers the same when it is asked again', async () => {
    await live(10);
    expect(await ask('bottlenecks')).toEqual(await ask('bottlenecks'));
  });

  it('says that no job was seen, and refuses a workflow that nobody knows', async () => {
    const { data, markdown } = await ask('bottlenecks');
    expect(data).toMatchObject({ workflows: [], unseen_workflows: [PATH] });
    expect(markdown).toContain('No job has been seen yet.');
    await expect(ask('bottlenecks', { workflow: 'nope.yml' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('/capacity', () => {
  it('tells jobs and waits by runner, the busiest first, and of one label alone', async () => {
    await live(20);
    const { runners } = CapacityReport.parse((await ask('capacity')).data);
    expect(runners.map(({ labels }) => labels)).toEqual([['gpu'], ['ubuntu-latest']]);
    expect(runners[0]?.jobs_per_week).toBeCloseTo(14, -1);
    expect(runners[0]?.wait_p90_seconds).toBeGreaterThan(60);
    const { data, markdown } = await ask('capacity', { label: 'GPU' });
    expect(CapacityReport.parse(data).runners).toHaveLength(1);
    expect(markdown).toContain('How many jobs they take at once is not said');
    await expect(ask('capacity', { label: 'arm' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('/capacity of runners that share a limit', () => {
  /** Fourteen hours of an hour's job each at the same time, on two kinds of hosted runners, and runs of before. */
  async function liveBeside(waited: number): Promise<void> {
    for (let day = 0; day < 40; day += 1) {
      const createdAt = NOW - (40 - day) * DAY_MS + 3_600_000;
      const run = sampleRun(1_000 + day, new Date(createdAt).toISOString(), { path: PATH, event: 'push' });
      await observeRun(fake.context, SEEN, run);
      const startedAt = createdAt + waited * 1_000;
      const times = { createdAt, startedAt, endedAt: startedAt + 3_500_000 };
      const jobs = ['ubuntu-latest', 'windows-latest'].flatMap((label, kind) =>
        Array.from({ length: 14 }, (_, place) => ({
          ...observed(100 * day + 20 * kind + place, {
            runId: run.id,
            name: `${label} ${place}`,
            labels: [label],
          }),
          ...times,
        })),
      );
      await fake.store.apply(SEEN.id, { observedJobs: jobs });
    }
  }

  it('tells the limit of all of them, not of each', async () => {
    await liveBeside(200);
    const { data, markdown } = await ask('capacity');
    expect(CapacityReport.parse(data).runners).toMatchObject([
      { labels: ['ubuntu-latest'], limit: 20, limit_shared_with: [['windows-latest']], weeks_to_limit: 0 },
      { labels: ['windows-latest'], limit: 20, limit_shared_with: [['ubuntu-latest']], weeks_to_limit: 0 },
    ]);
    expect(markdown).toContain('with `windows-latest` they take 20');
    expect(markdown).not.toContain('limit is not reached');
  });

  it('says that others take them where jobs wait below the limit', async () => {
    fake.repository.config = 'runners: { plan: enterprise }';
    await liveBeside(200);
    expect((await ask('capacity', { label: 'ubuntu-latest' })).markdown).toContain(
      'others take these runners too.',
    );
  });

  it('says how many jobs of the runs were not seen', async () => {
    await live(40);
    expect((await ask('capacity')).markdown).not.toContain('Counted are jobs that were seen');
    for (let id = 0; id < 100; id += 1) {
      const at = new Date(NOW - id * 6 * 3_600_000).toISOString();
      await observeRun(fake.context, SEEN, sampleRun(9_000 + id, at, { path: PATH, event: 'push' }));
    }
    const { data, markdown } = await ask('capacity');
    // A run a day, and four more a day of which no job was seen; each has four.
    expect(CapacityReport.parse(data).jobs_of_runs_per_week).toBeGreaterThan(110);
    expect(markdown).toMatch(/Counted are jobs that were seen, \d\d a week\..* there are about 1\d\d:/);
  });
});

describe('/cost', () => {
  it('counts every job of a run, in minutes where nothing is billed', async () => {
    await live(22);
    const { data, markdown } = await ask('cost');
    const { workflows, billed } = CostReport.parse(data);
    expect(billed).toBe(false);
    expect(workflows[0]).toMatchObject({ source: 'jobs', per_run: { minutes: 1 + 10 + 10 + 1, usd: 0 } });
    expect(workflows[0]?.next_month?.runs).toBeCloseTo(30.4, 0);
    expect(workflows[0]?.impact).toMatchObject({ level: 'high', share: 1 });
    expect(markdown).toContain('nothing of it is billed here');
  });

  it('tells the month ahead that /report tells, and what both leave out', async () => {
    const [other, young] = ['.github/workflows/other.yml', '.github/workflows/young.yml'];
    const text = 'name: Other\non: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n';
    fake.repository.files = [PATH, other, young].map((path) => ({ path, text: path === PATH ? TEXT : text }));
    await live(22);
    for (let day = 1; day <= 22; day += 1) {
      const at = new Date(NOW - day * DAY_MS).toISOString();
      await observeRun(fake.context, SEEN, sampleRun(5_000 + day, at, { path: other, event: 'push' }));
    }
    const [cost, report] = [await ask('cost'), await ask('report')];
    const { next_month: month, left_out } = CostReport.parse(cost.data);
    // Ten minutes of each run, without a job that was seen, and the 22 minutes of those whose jobs were.
    expect(month.minutes).toBeCloseTo(30.4 * 32, -2);
    expect(Report.parse(report.data).runners).toMatchObject({ minutes: month.minutes, leftOut: 1 });
    expect(left_out).toEqual([young]);
    expect(cost.markdown).toContain('It leaves out `young.yml`: less than two weeks of runs are known.');
    expect(report.markdown).toMatch(/without 1.workflow of less than two weeks of runs\./);
  });

  it('says so where only whole runs are known', async () => {
    const run = sampleRun(1, new Date(NOW - DAY_MS).toISOString(), { path: PATH, event: 'push' });
    await observeRun(fake.context, SEEN, run);
    const { data, markdown } = await ask('cost');
    // Ten minutes of two shards and lint side by side.
    expect(CostReport.parse(data).workflows[0]).toMatchObject({ source: 'runs', per_run: { minutes: 30 } });
    expect(markdown).toContain('no job of it has been seen yet');
  });
});

describe('money', () => {
  const BILLED = 'bottleneck-share: 1\nrunners: { billed: true, prices: { gpu: 0.1 } }\n';
  /** USD of a run: two minutes of Ubuntu, and both shards of ten minutes each. */
  const USD_A_RUN = 2 * 0.006 + 20 * 0.1;

  it('is told of the month ahead in /report, with the workflow of the largest impact', async () => {
    fake.repository.config = BILLED;
    await live(22);
    const { data, markdown } = await ask('report');
    const { runners } = Report.parse(data);
    expect(runners?.usd).toBeCloseTo(30.4 * USD_A_RUN, -1);
    expect(runners?.largest).toMatchObject({ path: PATH, level: 'high', share: 1 });
    expect(runners?.largest.value).toBeCloseTo((runners?.usd ?? 0) * (runners?.largest.crowding ?? 0));
    expect(markdown).toMatch(/The month ahead takes about \d+\u00a0min of runners \(\$\d+/);
    expect(markdown).toContain('`ci.yml` has the largest impact: high, 100\u00a0% of all');
    expect(Bottlenecks.parse((await ask('bottlenecks')).data).share).toBe(1);
    expect(Bottlenecks.parse((await ask('bottlenecks', { share: 0.5 })).data).share).toBe(0.5);
  });

  it('is told of a week of a schedule in /predict, with every leg of its matrix', async () => {
    fake.repository.files = [
      { path: PATH, text: TEXT.replace('on: push', 'on:\n  schedule:\n    - cron: "0 2 * * *"') },
    ];
    await live(20);
    const free = await ask('predict', { workflow: 'ci.yml' });
    expect(Prediction.loose().parse(free.data).resource_impact.runners).toMatchObject({
      minutes_per_week: 7 * 22,
      usd_per_week: null,
    });
    fake.repository.config = BILLED;
    const { data, markdown } = await ask('predict', { workflow: 'ci.yml' });
    const { runners } = Prediction.loose().parse(data).resource_impact;
    expect(runners?.usd_per_week).toBeCloseTo(7 * USD_A_RUN);
    expect(runners?.value).toBeCloseTo(7 * USD_A_RUN * (runners?.crowding ?? 0));
    expect(markdown).toContain('154\u00a0min a week as billed, \\$14.08, all jobs counted');
  });

  it('stands in the pull request for a timeout, as what a job that hangs costs less', async () => {
    fake.repository.config = `mode: suggest\n${BILLED}`;
    await live(35);
    const suggestions = Bottlenecks.parse((await ask('bottlenecks')).data).workflows[0]?.suggestions ?? [];
    const number = suggestions.find(({ kind, job }) => kind === 'timeout' && job === 'test')?.number;
    await ask('apply', { number });
    const [, minutes] = /timeout-minutes: (\d+)/.exec(fake.written.pulls[0]?.body ?? '') ?? [];
    expect(fake.written.pulls[0]?.body).toContain(
      `Each time that costs $${(0.1 * (360 - Number(minutes))).toFixed(2)} less.`,
    );
  });
});

describe('/load', () => {
  it('predicts the jobs of a day from runs and the jobs that they have', async () => {
    await live(40);
    const { data, markdown } = await ask('load', { horizon: '24h' });
    const [one] = LoadAhead.parse(data).horizons;
    expect(one?.forecast?.jobs).toBeCloseTo(4);
    expect(one?.forecast?.reliable).toBe(true);
    expect(markdown).toContain('24h');
    expect(markdown).not.toContain('mean of mean');
  });

  it('says where too little was seen', async () => {
    const { data, markdown } = await ask('load');
    expect(LoadAhead.parse(data).horizons.map(({ forecast }) => forecast)).toEqual([null, null, null, null]);
    expect(markdown).toContain('Too little was seen for 5m, 1h, 24h, 7d.');
  });
});

describe('/simulate --runners', () => {
  const NIGHTLY = TEXT.replace('on: push', 'on:\n  schedule:\n    - cron: "0 2 * * *"');

  it('plays jobs without the waits that it plays itself, so that it tells the cost that /predict tells', async () => {
    const text = NIGHTLY.replace(/ {2}lint:[\s\S]*?(?= {2}test:)/, '').replace(/ {2}deploy:[\s\S]*$/, '');
    fake.repository.files = [{ path: PATH, text }];
    fake.repository.config = 'runners: { billed: true, prices: { gpu: 0.5 }, max-jobs: { gpu: 1 } }';
    for (let day = 0; day < 30; day += 1) {
      const createdAt = NOW - (30 - day) * DAY_MS + 3_600_000;
      const { iso, ends } = { iso: new Date(createdAt).toISOString(), ends: createdAt + 1_200_000 };
      const run = sampleRun(1_000 + day, iso, { path: PATH, event: 'schedule' });
      await observeRun(fake.context, SEEN, { ...run, endedAt: ends, durationSeconds: 1_200 });
      const shard = (id: number, waited: number) => ({
        ...observed(10 * day + id, { runId: run.id, name: `test (${id})`, labels: ['gpu'] }),
        createdAt,
        startedAt: createdAt + waited * 1_000,
        endedAt: createdAt + (waited + 600) * 1_000,
      });
      await fake.store.apply(SEEN.id, { observedJobs: [shard(1, 0), shard(2, 600)] });
    }
    const { costUsd, completionMinutes } = Simulated.parse(
      (await ask('simulate', { runners: 'gpu=2' })).data,
    );
    const { data } = await ask('predict', { workflow: 'ci.yml' });
    const week = Prediction.loose().parse(data).resource_impact.runners?.usd_per_week ?? 0;
    expect(week).toBeCloseTo(70, 0);
    // A job of ten minutes and a second is billed as eleven.
    expect(Math.abs(costUsd.before - week)).toBeLessThan(0.1 * week);
    // The second shard waits for the first, and then for nothing.
    expect(completionMinutes.difference).toBeCloseTo(-10, 0);
  });

  it('tells what one runner more does to waits, and moves nothing', async () => {
    fake.repository.files = [{ path: PATH, text: NIGHTLY }];
    fake.repository.config = 'runners: { max-jobs: { gpu: 1 } }';
    await live(20);
    const more = Simulated.parse((await ask('simulate', { runners: 'gpu=2', days: 7 })).data);
    expect(more.moved).toBe(0);
    expect(more.runners).toEqual({ gpu: 2 });
    // With one runner the second shard waits for the first, about ten minutes; with two it does not.
    expect(more.queueMinutes.after).toBeLessThan(0.5);
    expect(more.queueMinutes.before).toBeGreaterThan(1.4);
    expect(more.completionMinutes.difference).toBeLessThan(-5);
    const { markdown } = await ask('simulate', { runners: 'GPU=1,standard=3', days: 7 });
    expect(markdown).toContain('Then `gpu` takes 1');
    // Nothing is billed: the minutes are what it takes.
    expect(markdown).toContain('| Runner minutes, a week |');
    expect(markdown).toContain('line today, columns then');
    expect(markdown).not.toMatch(/proposed/i);
    await expect(ask('simulate', { runners: 'gup=2' })).rejects.toMatchObject({
      code: 'not-found',
      fix: 'Did you mean "gpu"?',
    });
    await expect(ask('simulate', { runners: 'gpu=2,arm=3' })).rejects.toMatchObject({
      code: 'not-found',
      fix: 'Runners of jobs here: gpu, standard.',
    });
    await expect(ask('simulate', { runners: 'gpu' })).rejects.toMatchObject({ code: 'command-invalid' });
  });
});
