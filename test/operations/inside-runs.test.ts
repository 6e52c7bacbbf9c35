import { beforeEach, describe, expect, it } from 'vitest';
import { Report } from '../../src/render/report.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { Bottlenecks } from '../../src/usecases/questions/bottlenecks.ts';
import { CapacityReport } from '../../src/usecases/questions/capacity.ts';
import { CostReport } from '../../src/usecases/questions/cost.ts';
import { LoadAhead } from '../../src/usecases/questions/load-ahead.ts';
import { Prediction } from '../../src/usecases/questions/prediction.ts';
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
    expect(markdown).toMatch(/The jobs of the month ahead take about \d+\u00a0min of runners \(\$\d+/);
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
  });

  it('says where too little was seen', async () => {
    const { data, markdown } = await ask('load');
    expect(LoadAhead.parse(data).horizons.map(({ forecast }) => forecast)).toEqual([null, null, null, null]);
    expect(markdown).toContain('Too little was seen for 5m, 1h, 24h, 7d.');
  });
});

describe('/simulate --runners', () => {
  const NIGHTLY = TEXT.replace('on: push', 'on:\n  schedule:\n    - cron: "0 2 * * *"');

  it('tells what one runner more does to waits, and moves nothing', async () => {
    fake.repository.files = [{ path: PATH, text: NIGHTLY }];
    fake.repository.config = 'runners: { max-jobs: { gpu: 1 } }';
    await live(20);
    const more = Simulated.parse((await ask('simulate', { runners: 'gpu=2', days: 7 })).data);
    expect(more.moved).toBe(0);
    expect(more.runners).toEqual({ gpu: 2 });
    // With one runner the second shard waits for the first, about ten minutes; with two it does not.
    expect(more.queueMinutes.after).toBeLessThan(0.5);
    expect(more.queueMinutes.before).toBeGreaterThan(1.5);
    expect(more.completionMinutes.difference).toBeLessThan(-5);
    const { markdown } = await ask('simulate', { runners: 'GPU=1,arm=3', days: 7 });
    expect(markdown).toContain('Then `gpu` takes 1');
    await expect(ask('simulate', { runners: 'gpu' })).rejects.toMatchObject({ code: 'command-invalid' });
  });
});
