import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rollUp } from '../../src/history/older-runs.ts';
import type { Run } from '../../src/history/run.ts';
import { RunHistoryPage } from '../../src/render/history-view.ts';
import { Batch, Prediction, StartPrediction } from '../../src/render/prediction.ts';
import { knownRepository, meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { Recorded } from '../../src/usecases/learning/record-run.ts';
import { sampleRun } from '../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../usecases/fakes.ts';
import { askOperation } from './ask-operation.ts';

const FOLDER = '.github/workflows';
const file = (name: string, cron: string) => ({
  path: `${FOLDER}/${name}.yml`,
  text: `name: ${name.toUpperCase()}\non:\n  schedule:\n    - cron: "${cron}"\njobs:\n  a:\n    runs-on: ubuntu-latest\n`,
});
const HOUR_MS = 3_600_000;
const DURATION_SECONDS = 600;

let fake: ReturnType<typeof fakeContext>;

beforeEach(async () => {
  fake = fakeContext({ files: [file('nightly', '0 2 * * *'), file('backup', '0 2 * * *')] });
  await meetRepository(fake.context, SEEN);
});

const ask = (name: string, input?: unknown) => askOperation(fake.context, name, input);

/** Daily runs of one workflow, ten minutes each, every fifth a failure. */
async function live(name: string, days: number, firstId = 1_000, over: Partial<Run> = {}): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const createdAt = Date.UTC(2026, 4, 4, 2, 40) - (days - day) * DAY_MS;
    await observeRun(
      fake.context,
      SEEN,
      sampleRun(firstId + day, new Date(createdAt).toISOString(), {
        path: `${FOLDER}/${name}.yml`,
        conclusion: day % 5 === 0 ? 'failure' : 'success',
        ...over,
      }),
    );
  }
}

describe('/predict', () => {
  it('says nothing of load beside other runs before a run has shown how long it takes', async () => {
    const { data, markdown } = await ask('predict', { workflow: 'nightly.yml' });
    expect(Prediction.parse(data).resource_impact).toMatchObject({
      level: null,
      overlap_minutes_per_week: null,
      recommended_overlap_minutes_per_week: null,
    });
    expect(markdown).not.toContain('Beside other runs');
  });

  it('answers with what was learned: duration, success, and where it came from', async () => {
    await live('nightly', 40);
    const { data, markdown, terminal } = await ask('predict', { workflow: 'nightly.yml' });
    const prediction = Prediction.parse(data);
    expect(prediction).toMatchObject({
      workflow_name: 'NIGHTLY',
      current_schedule: '0 2 * * *',
      timezone: 'UTC',
    });
    expect(prediction.expected_duration_seconds).toBeCloseTo(DURATION_SECONDS, -1);
    expect(prediction.predicted_success_rate).toBeGreaterThan(0.6);
    expect(prediction.predicted_success_rate).toBeLessThan(0.95);
    expect(prediction.resource_impact).toMatchObject({ runs_per_week: 7 });
    expect(prediction.resource_impact.minutes_per_week).toBeCloseTo(70, 0);
    expect(prediction.reasoning.length).toBeGreaterThan(0);
    for (const text of [markdown, terminal]) expect(text).toContain('NIGHTLY');
  });

  it('answers from the newest planning round without reading GitHub, while its cron is in force', async () => {
    await ask('optimize');
    const readBefore = fake.written.read.length;
    const { data } = await ask('predict', { workflow: 'nightly' });
    expect(data).toMatchObject({ decision: { id: fake.store.states.get(SEEN.id)?.decisions.at(-1)?.id } });
    expect(fake.written.read).toHaveLength(readBefore);
  });

  it('plans on the spot where there is no round yet, and keeps nothing of it', async () => {
    await ask('predict', { workflow: 'NIGHTLY' });
    expect(fake.written.read).toHaveLength(1);
    expect(fake.store.states.get(SEEN.id)?.decisions).toEqual([]);
  });

  it('recommends nothing below the confidence that was asked for, and says so', async () => {
    fake.repository.config =
      'max-shift: 12h\nmin-confidence: 0\nmin-benefit: 0\nrunners: { max-jobs: { standard: 1 } }\n';
    await live('nightly', 40);
    await live('backup', 40, 2_000);
    // Both want the same minute: which of them moves is the planner's choice.
    const asked = async (minConfidence: number) =>
      Promise.all(
        ['nightly', 'backup'].map(async (workflow) =>
          Prediction.parse((await ask('predict', { workflow, minConfidence })).data),
        ),
      );
    const moved = (await asked(0)).findIndex((one) => one.recommended_schedule !== one.current_schedule);
    expect(moved).toBeGreaterThanOrEqual(0);
    const strict = (await asked(1))[moved];
    expect(strict?.recommended_schedule).toBe('0 2 * * *');
    expect(strict?.reasoning[0]).toMatch(/below the 1\.00/);
  });

  it('says when a run would start, at the recommended time or at the one asked about', async () => {
    await live('nightly', 40);
    const asked = await ask('predict', { workflow: 'nightly.yml', at: '05:17' });
    const { start } = StartPrediction.parse(asked.data);
    const minuteOf = (time = '') => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
    expect(start?.tick).toBe('05:17');
    expect(minuteOf(start?.median) - minuteOf('05:17')).toBe(Math.round(start?.lateness_median_minutes ?? 0));
    expect(minuteOf(start?.p90)).toBeGreaterThan(minuteOf(start?.median));
    expect(start?.drop_probability).toBeLessThan(0.1);
    expect(start?.why).toContain('40 runs seen');
    expect(asked.markdown).toContain(`A tick at 05:17 UTC starts | ${start?.median}, nine in ten by`);
    expect(asked.terminal).toContain('none at this hour');

    const { data } = await ask('predict', { workflow: 'nightly.yml' });
    const plain = StartPrediction.parse(data);
    const [minute = '', hour = ''] = plain.recommended_schedule.split(' ');
    expect(plain.start?.tick).toBe(`${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`);
    expect(plain.reasoning.join()).toMatch(/40 outcomes seen, 8[01] % successful/);
  });

  it.each(['5:17', '24:00', '05:60', 'noon'])('refuses %s for a time of the day', async (at) => {
    await expect(ask('predict', { workflow: 'nightly.yml', at })).rejects.toMatchObject({
      code: 'command-invalid',
      message: expect.stringContaining('HH:MM'),
    });
  });

  it('names the nearest workflow for one that there is not', async () => {
    await expect(ask('predict', { workflow: 'nightli.yml' })).rejects.toMatchObject({
      code: 'not-found',
      fix: expect.stringContaining('nightly.yml'),
    });
    await expect(ask('predict', { workflow: 'nightly.yml', schedule: 3 })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no schedule number 3'),
    });
  });
});

describe('/batch', () => {
  it('keeps to the least confidence of the configuration, as every door, until another is asked for', async () => {
    const config = 'max-shift: 12h\nmin-benefit: 0\nrunners: { max-jobs: { standard: 1 } }\n';
    await live('nightly', 40);
    await live('backup', 40, 2_000);
    const asked = async (least: number, input: object = {}) => {
      fake.repository.config = `${config}min-confidence: ${least}\n`;
      const { predictions } = Batch.parse((await ask('batch', input)).data);
      const foretold = Prediction.parse((await ask('predict', { workflow: 'backup', ...input })).data);
      return [...predictions, foretold].filter(({ confidence, reasoning, ...one }) => {
        const isParted = reasoning[0]?.includes('is the same minute as') === true;
        return one.recommended_schedule !== one.current_schedule && !isParted && confidence < 1;
      });
    };
    expect((await asked(0)).length).toBeGreaterThan(0);
    expect(await asked(1)).toEqual([]);
    expect((await asked(1, { minConfidence: 0 })).length).toBeGreaterThan(0);
  });

  it('parts daily schedules from the ticks of one every minute that GitHub serves, and from no others', async () => {
    fake.repository.files = [file('poll', '* * * * *'), file('daily', '1 2 * * *')];
    expect(Batch.parse((await ask('batch')).data)).toMatchObject({ moved_apart: 0, collisions_left: 0 });
    fake.repository.files = [file('poll', '* * * * *'), file('daily', '0 2 * * *')];
    expect(Batch.parse((await ask('batch')).data)).toMatchObject({ collisions_left: 0 });
  });

  it('puts no two schedules in the same minute', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `job-${at}`);
    fake.repository.files = names.map((name) => file(name, '0 2 * * *'));
    const { data, markdown } = await ask('batch');
    const batch = Batch.parse(data);
    expect(markdown).toMatch(
      /schedules moved out of another’s minute: that promises no gain, so .*min-confidence/,
    );
    const crons = batch.predictions.map(({ recommended_schedule }) => recommended_schedule);
    expect(crons).toHaveLength(names.length);
    expect(new Set(crons).size).toBe(names.length);
    expect(batch.collisions_left).toBe(0);
  });

  it('tells of pairs that may not move', async () => {
    fake.repository.files = [file('a', '0 2 * * *'), file('b', '0 2 * * *')];
    fake.repository.config = 'workflows: { a.yml: { pin: true }, b.yml: { pin: true } }';
    expect((await ask('batch')).data).toMatchObject({
      collisions_left: 1,
      collisions: [{ at: '2026-05-05T02:00:00.000Z', schedules: [`${FOLDER}/a.yml#0`, `${FOLDER}/b.yml#0`] }],
    });
  });

  it('answers for the workflows that were named alone', async () => {
    const { data } = await ask('batch', { workflows: ['backup'] });
    expect(Batch.parse(data).predictions.map(({ path }) => path)).toEqual([`${FOLDER}/backup.yml`]);
  });
});

describe('/history', () => {
  it('lists runs newest first, page by page, each once', async () => {
    await live('nightly', 25);
    const pages = await Promise.all(
      [1, 2, 3, 4].map(async (page) =>
        RunHistoryPage.parse((await ask('history', { page, perPage: 10 })).data),
      ),
    );
    expect(pages.map(({ runs }) => runs.length)).toEqual([10, 10, 5, 0]);
    const ids = pages.flatMap(({ runs }) => runs.map(({ id }) => id));
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(25);
  });

  it('puts a reported run where its time is, and not where its number is', async () => {
    await live('nightly', 5);
    await ask('record', report({ startTime: new Date(NOW - 30 * DAY_MS).toISOString() }));
    const { runs } = RunHistoryPage.parse((await ask('history')).data);
    expect(runs.at(-1)?.event).toBe('reported');
  });
});

describe('what is rolled up', () => {
  /** As a store does it: the oldest are no longer there one by one. */
  async function rollUpOldest(count: number): Promise<void> {
    const state = fake.store.states.get(SEEN.id);
    if (state === undefined) throw new Error('gone');
    const runs = [...state.runs];
    const olderRuns = rollUp(state.olderRuns ?? [], runs.slice(0, count));
    fake.store.states.set(SEEN.id, { ...state, runs: runs.slice(count), olderRuns });
  }

  it('stands behind the last page of the history, by month', async () => {
    await live('nightly', 50);
    await rollUpOldest(40);
    const first = await ask('history', { perPage: 5 });
    const page = RunHistoryPage.parse(first.data);
    expect(page).toMatchObject({ total: 10, older: [{ month: '2026-04' }, { month: '2026-03' }] });
    expect(page.older.reduce((sum, { runs }) => sum + runs, 0)).toBe(40);
    for (const { success_rate, duration_seconds, lateness_minutes } of page.older) {
      expect(success_rate).toBeCloseTo(0.8, 1);
      expect((duration_seconds?.median ?? 0) / DURATION_SECONDS).toBeCloseTo(1, 1);
      expect((lateness_minutes?.median ?? 0) / 40).toBeCloseTo(1, 1);
    }
    expect(first.markdown).not.toContain('2026-03');
    expect(first.markdown).toContain('in all one by one, and 40 older ones by month.');
    const last = await ask('history', { page: 2, perPage: 5 });
    expect(last.markdown).toMatch(/2026-04 \|\s+\d+ \|/);
    expect(last.terminal).toContain('2026-03');
    expect((await ask('history', { workflow: 'backup.yml' })).data).toMatchObject({ total: 0, older: [] });
  });

  it('is what insights compare the newest runs with', async () => {
    await live('nightly', 50);
    const state = fake.store.states.get(SEEN.id);
    if (state === undefined) throw new Error('gone');
    const slower = [...state.runs].map((run, at) => (at < 25 ? run : { ...run, durationSeconds: 900 }));
    fake.store.states.set(SEEN.id, { ...state, runs: slower });
    await rollUpOldest(25);
    const { data, markdown } = await ask('insights', { workflow: 'nightly.yml' });
    expect(data).toMatchObject({
      runs: 25,
      workflows: [{ duration_trend: 'stable', older: { runs: 25, since: '2026-03' } }],
      findings: expect.arrayContaining([expect.stringContaining('takes 900 s (median), longer')]),
    });
    expect(markdown).toMatch(/25: (9|10)\u00a0min/);
    expect(markdown).toContain('Older: take');
  });
});

describe('what is said of runs from which little can be learned', () => {
  it('says that all were seen and none succeeded or failed, where all were cancelled', async () => {
    await live('backup', 5);
    await live('nightly', 20, 2_000, { conclusion: 'cancelled' });
    const { data, markdown } = await ask('predict', { workflow: 'nightly.yml' });
    const said =
      '20 scheduled runs were seen, of which none has succeeded or failed, so nothing is known by which another ' +
      'time could be chosen.';
    expect(Prediction.parse(data)).toMatchObject({ expected_duration_seconds: null });
    expect(Prediction.parse(data).reasoning).toEqual([said]);
    expect(markdown).not.toContain('not run yet');
    expect((await ask('report')).data).toMatchObject({ runsSeen: 25 });
  });

  it('says it once, however an older round has worded it', async () => {
    await live('backup', 5);
    await live('nightly', 20, 2_000, { conclusion: 'cancelled' });
    await ask('optimize');
    const state = await knownRepository(fake.context, SEEN.id);
    const [decision] = state.decisions.slice(-1);
    if (decision === undefined) throw new Error('Nothing was planned.');
    const schedules = decision.schedules.map((line) =>
      line.path.endsWith('nightly.yml') ? { ...line, reasons: ['Nobody knows anything of it.'] } : line,
    );
    fake.store.states.set(SEEN.id, { ...state, decisions: [{ ...decision, schedules }] });
    const { reasoning } = Prediction.parse((await ask('predict', { workflow: 'nightly.yml' })).data);
    expect(reasoning).toEqual([
      '20 scheduled runs were seen, of which none has succeeded or failed, so nothing is known by which another ' +
        'time could be chosen.',
    ]);
  });

  it('says so where no other workflow ran either, and does not call it unknown what it compared', async () => {
    await live('nightly', 20, 2_000, { conclusion: 'cancelled' });
    const { data } = await ask('predict', { workflow: 'nightly.yml' });
    const { reasoning } = Prediction.parse(data);
    expect(reasoning.at(-1)).toBe(
      '20 scheduled runs were seen, of which none has succeeded or failed, so its duration and its success are ' +
        'not known.',
    );
    expect(reasoning.join(' ')).not.toContain('nothing is known');
    expect((await ask('report')).markdown).toMatch(/20\sscheduled runs seen/);
  });

  it('says that no run had a duration, where all took 0 s', async () => {
    await live('nightly', 20, 2_000, { durationSeconds: 0, conclusion: 'success' });
    const { data, markdown } = await ask('predict', { workflow: 'nightly.yml' });
    expect(Prediction.parse(data)).toMatchObject({
      expected_duration_seconds: null,
      predicted_success_rate: expect.any(Number),
    });
    expect(markdown).not.toMatch(/5.min/);
    expect(Prediction.parse(data).reasoning).toContain(
      '20 runs seen, none with a duration to learn from: planned with a plain guess.',
    );
  });

  it('points at the plan without runs only where none is known', async () => {
    const pointer = 'Without runs, `offbeat plan` shows the moves off crowded minutes.';
    const reasoning = async () =>
      Prediction.parse((await ask('predict', { workflow: 'nightly.yml' })).data).reasoning;
    const batch = async () => {
      const { data, terminal } = await ask('batch');
      return { runs: Batch.parse(data).runs_known, isPointed: terminal.includes('offbeat plan') };
    };
    expect(await reasoning()).toContain(pointer);
    expect(await batch()).toEqual({ runs: 0, isPointed: true });
    await live('backup', 1);
    expect(await reasoning()).not.toContain(pointer);
    expect(await batch()).toEqual({ runs: 1, isPointed: false });
  });
});

describe('/accuracy', () => {
  it('scores forecasts made before their runs ended', async () => {
    await live('nightly', 40);
    const { data } = await ask('accuracy');
    const { accuracy_score, mae_seconds, mape_percent, predictions } = z
      .object({
        accuracy_score: z.number(),
        mae_seconds: z.number(),
        mape_percent: z.number(),
        predictions: z.number(),
      })
      .parse(data);
    expect(predictions).toBeGreaterThan(30);
    // Runs that all take ten minutes are soon forecast to.
    expect(accuracy_score).toBeGreaterThan(90);
    expect(mape_percent).toBeLessThan(10);
    expect(mae_seconds).toBeLessThan(60);
  });

  it('has a figure for each workflow', async () => {
    await live('nightly', 40);
    const { data, markdown } = await ask('accuracy');
    const { workflows } = z.object({ workflows: z.array(z.looseObject({ path: z.string() })) }).parse(data);
    expect(workflows).toEqual([
      {
        path: '.github/workflows/nightly.yml',
        kind: 'schedule',
        predictions: expect.any(Number),
        mae_seconds: 0,
        mape_percent: 0,
        accuracy_score: 100,
        within_25_percent: 1,
      },
    ]);
    expect(markdown).toMatch(/`nightly\.yml` \| scheduled \| \d+ \| 100/);
  });

  it('is nothing before the first forecast', async () => {
    const none = {
      accuracy_score: null,
      mape_percent: null,
      mae_seconds: null,
      performance: null,
      coverage: null,
    };
    const { data, markdown, terminal } = await ask('accuracy');
    expect(data).toMatchObject({ predictions: 0, ...none, strategies: [{ predictions: 0, ...none }] });
    for (const text of [markdown, terminal]) {
      expect(text).toContain('There are no forecasts yet');
      expect(text).not.toMatch(/0\.0 %|0 %/);
    }
  });
});

describe('/insights', () => {
  it('tells outcomes, durations and busy hours', async () => {
    await live('nightly', 40);
    const { data, markdown } = await ask('insights');
    expect(data).toMatchObject({
      runs: 40,
      success_rate: 0.8,
      workflows: [
        {
          path: `${FOLDER}/nightly.yml`,
          runs: 40,
          busiest_hour: 2,
          duration_seconds: { median: DURATION_SECONDS },
        },
        { path: `${FOLDER}/backup.yml`, runs: 0 },
      ],
    });
    expect(markdown).toContain('80');
  });
});

function report(over: object = {}): object {
  return {
    workflow: 'nightly.yml',
    startTime: new Date(NOW - HOUR_MS).toISOString(),
    duration: 120,
    success: true,
    ...over,
  };
}

describe('/record', () => {
  it('learns a reported run once, however often it is reported', async () => {
    expect(Recorded.parse((await ask('record', report())).data).learned).toBe(true);
    expect(Recorded.parse((await ask('record', report())).data).learned).toBe(false);
    expect(fake.store.states.get(SEEN.id)?.runs.length).toBe(1);
  });

  it('makes later predictions better', async () => {
    for (let at = 0; at < 10; at += 1) {
      await ask(
        'record',
        report({ startTime: new Date(NOW - (20 - at) * DAY_MS).toISOString(), duration: 1_234 }),
      );
    }
    const { data } = await ask('predict', { workflow: 'nightly' });
    expect(Prediction.parse(data).expected_duration_seconds).toBeCloseTo(1_234, -2);
  });

  it('keeps the mean of what runs are reported to take, and shows it', async () => {
    await ask('record', report({ resourceUsage: { cpu_seconds: 100 } }));
    await ask(
      'record',
      report({ startTime: new Date(NOW - 2 * HOUR_MS).toISOString(), resourceUsage: { cpu_seconds: 200 } }),
    );
    const { data } = await ask('predict', { workflow: 'nightly' });
    expect(Prediction.parse(data).resource_impact.reported).toEqual({ cpu_seconds: 150 });
  });

  it('adds usage to a run that the App has seen, and learns nothing twice', async () => {
    await live('nightly', 1);
    const { data } = await ask('record', report({ runId: 1_000, resourceUsage: { ram_mb: 512 } }));
    expect(data).toMatchObject({ learned: false, run_id: 1_000, reported: { ram_mb: 512 } });
    expect(fake.store.states.get(SEEN.id)?.runs.length).toBe(1);
  });

  it.each([
    ['a run in the future', { startTime: new Date(NOW + DAY_MS).toISOString() }],
    ['a workflow that is no file', { workflow: '../../etc/passwd' }],
    ['a duration below nothing', { duration: -1 }],
    ['usage that is no number', { resourceUsage: { cpu: 'much' } }],
  ])('refuses %s', async (_, over) => {
    await expect(ask('record', report(over))).rejects.toMatchObject({ code: 'command-invalid' });
    expect(fake.store.states.get(SEEN.id)?.runs.length).toBe(0);
  });
});

describe('/health', () => {
  it('is well where nothing is wrong, and says what is', async () => {
    expect((await ask('health')).data).toMatchObject({ status: 'ok', problems: [], mode: 'observe' });
    await live('nightly', 1);
    fake.clock.at = NOW + 30 * DAY_MS;
    expect((await ask('health')).data).toMatchObject({
      status: 'degraded',
      problems: [expect.stringContaining('week')],
    });
  });
});

describe('a configuration that is not in force', () => {
  it.each(['health', 'report'])('is told by /%s from the first day, with line and remedy', async (name) => {
    fake.repository.config = 'mode: suggest\nmin-confidence: 7\nmod: x\n';
    const { markdown, terminal } = await ask(name);
    for (const text of [markdown, terminal]) {
      const plain = text.replaceAll(/[\\`]|\s+/g, (sign) => (sign.trim() === '' ? ' ' : ''));
      expect(plain).toContain('nothing is planned here until it is');
      expect(plain).toContain('.github/offbeat.yml:2:17: "min-confidence" is out of range. Write at most 1.');
      expect(plain).toContain(
        '.github/offbeat.yml:3:1: "mod" is not a key that Offbeat knows. Did you mean "mode"?',
      );
    }
  });

  it.each(['health', 'report'])('is told by /%s where it has another ending', async (name) => {
    fake.repository.texts = { '.github/offbeat.yaml': 'mode: suggest\n' };
    expect((await ask(name)).terminal.replaceAll('`', '')).toContain(
      '.github/offbeat.yaml is not read. Rename it to .github/offbeat.yml.',
    );
  });

  it.each(['health', 'report'])(
    'is not looked for where GitHub cannot be reached: /%s answers',
    async (name) => {
      fake.context.github.connect = () => Promise.reject(new Error('no network'));
      expect((await ask(name)).terminal).not.toContain('configuration');
    },
  );
});

describe('what is reported', () => {
  const reported = (day: number, more: object = {}) =>
    ask(
      'record',
      report({
        workflow: 'nightly.yml',
        startTime: new Date(NOW - (40 - day) * DAY_MS).toISOString(),
        duration: 600,
        ...more,
      }),
    );

  it('counts in the forecast of a workflow that has scheduled runs', async () => {
    for (let day = 0; day < 15; day += 1) {
      const at = new Date(Date.UTC(2026, 4, 4, 2, 40) - (90 - day) * DAY_MS).toISOString();
      const run = sampleRun(1_000 + day, at, { path: `${FOLDER}/nightly.yml`, durationSeconds: 2_229 });
      await observeRun(fake.context, SEEN, run);
    }
    const before = Prediction.loose().parse((await ask('predict', { workflow: 'nightly' })).data);
    for (let day = 0; day < 21; day += 1) await reported(day);
    const after = Prediction.loose().parse((await ask('predict', { workflow: 'nightly' })).data);
    expect(before.expected_duration_seconds).toBeCloseTo(2_229, -2);
    expect(after.expected_duration_seconds).toBeCloseTo(600, -2);
  });

  it('has its figures forecast with their error', async () => {
    for (let day = 0; day < 12; day += 1) {
      await reported(day, { resourceUsage: { cpu_seconds: day < 6 ? 100 : 200, disk_gb: 0.02, cold: 0 } });
    }
    const { data, markdown } = await ask('predict', { workflow: 'nightly' });
    const { reported_forecasts: forecasts = {} } = Prediction.loose().parse(data).resource_impact;
    expect(Object.keys(forecasts)).toEqual(['cpu_seconds', 'disk_gb']);
    expect(forecasts.cpu_seconds?.expected).toBeCloseTo(200, -1);
    expect(forecasts.disk_gb).toMatchObject({ expected: expect.closeTo(0.02, 4) });
    expect(forecasts.disk_gb?.error).toBeCloseTo(0, 2);
    expect(markdown).toMatch(/150 in the mean; next (199|20\d)/);
  });
});
