import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLearner } from '../../src/library/index.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
const FILES = ['nightly', 'backup'].map((name) => ({
  path: `.github/workflows/${name}.yml`,
  text: `name: ${name}\non:\n  schedule:\n    - cron: '0 2 * * *'\njobs:\n  a:\n    runs-on: builders\n`,
}));

const feedback = (actualDuration: number) => ({
  workflow: 'nightly.yml',
  predictedDuration: 300,
  actualDuration,
  success: true,
});

/** A learner that has seen a run of each workflow on every one of 30 days. */
async function taught() {
  const learner = await createLearner({ files: FILES, now: () => NOW });
  for (let day = 30; day > 0; day -= 1) {
    for (const workflow of ['nightly.yml', 'backup.yml']) {
      const startTime = new Date(NOW - day * DAY_MS + 2 * 3_600_000);
      await learner.recordExecution({ workflow, duration: 1_800, success: true, startTime });
    }
  }
  return learner;
}

describe('the learner', () => {
  it.each([
    [305, 'excellent'],
    [350, 'good'],
    [500, 'fair'],
    [900, 'poor'],
  ])('grades a forecast of 300 s for a run of %i s as %s', async (seconds, grade) => {
    const learner = await createLearner({ now: () => NOW });
    expect(await learner.recordExecutionFeedback(feedback(seconds))).toMatchObject({ grade, learned: true });
  });

  it('learns equal runs that are told in one moment as several', async () => {
    const learner = await createLearner({ now: () => NOW });
    for (let run = 0; run < 3; run += 1) await learner.recordExecutionFeedback(feedback(300));
    expect(await learner.getExecutionHistory()).toMatchObject({ data: { total: 3 } });
  });

  it('learns nothing of a run that an unknown strategy is said to have predicted', async () => {
    const learner = await createLearner({ now: () => NOW });
    const told = learner.recordExecutionFeedback({ ...feedback(300), strategy: 'nobody' });
    await expect(told).rejects.toMatchObject({ code: 'not-found' });
    expect(await learner.getExecutionHistory()).toMatchObject({ data: { total: 0 } });
  });

  it.each([
    ['predictExecutionTime', []],
    ['predictExecutionTime', [5]],
    ['predictBatch', ['x']],
    ['predictBatch', [[1]]],
    ['getExecutionHistory', [5]],
    ['getAccuracyMetrics', [5]],
    ['getWorkflowInsights', [5]],
    ['recordExecution', []],
    ['recordExecution', [{ workflow: 'nightly.yml', duration: 1, success: true, startTime: new Date('x') }]],
    ['recordExecution', [{ workflow: 'nightly.yml', duration: 1, success: true, startTime: 'yesterday' }]],
    [
      'recordExecution',
      [{ workflow: 'nightly.yml', duration: 1, success: true, startTime: new Date('9999') }],
    ],
    ['recordExecution', [{ workflow: 'nightly.yml', duration: Number.NaN, success: true }]],
  ] as const)('answers %s%j in our own words', async (method, given) => {
    const learner = await createLearner({ files: FILES, now: () => NOW });
    const ask = learner[method] as (...all: readonly unknown[]) => Promise<{ message: string }>;
    for (let time = 0; time < 2; time += 1) {
      const { message } = await ask(...given);
      expect(message).not.toMatch(/✖|expected|received|undefined|is not a function/);
      expect(await ask(...given)).toMatchObject({ success: false, data: null });
    }
  });

  it.each([
    ['adaptStrategy', []],
    ['generateOptimizedSchedule', []],
    ['generateOptimizedSchedule', ['nightly.yml', 5]],
    ['recordExecutionFeedback', []],
    ['recordExecutionFeedback', [{ workflow: 'nightly.yml', actualDuration: 'x', success: true }]],
    ['export', []],
    ['export', ['/nowhere/learning.json']],
  ] as const)('throws its own error for %s%j', async (method, given) => {
    const learner = await createLearner({ files: FILES, now: () => NOW });
    const ask = learner[method] as (...all: readonly unknown[]) => Promise<unknown>;
    await expect(ask(...given)).rejects.toMatchObject({ name: 'OffbeatError' });
  });

  it('reports what its newest recommendation says, not an older one', async () => {
    const learner = await createLearner({ files: FILES, now: () => NOW });
    await learner.generateOptimizedSchedule('nightly.yml');
    for (let run = 0; run < 31; run += 1) await learner.recordExecutionFeedback(feedback(300));
    const { reasoning } = await learner.generateOptimizedSchedule('nightly.yml');
    expect(await learner.report()).toMatchObject({
      schedules: [{ reason: reasoning[0] }, { path: '.github/workflows/backup.yml' }],
    });
    expect(reasoning[0]).not.toContain('No run of it');
  });

  it('recommends another minute to one of two that start together', async () => {
    const learner = await taught();
    const times = await Promise.all(
      ['nightly', 'backup'].map((name) => learner.generateOptimizedSchedule(name)),
    );
    expect(times.some(({ recommendedTime }) => recommendedTime !== '0 2 * * *')).toBe(true);
    expect(times.every(({ reasoning }) => reasoning.length > 0)).toBe(true);
    await expect(learner.generateOptimizedSchedule('nothing.yml')).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(learner.generateOptimizedSchedule('nightly', 'nobody')).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is sure of no move where no time is better', async () => {
    const files = FILES.slice(0, 1).map(({ path, text }) => ({ path, text: text.replace('0 2', '17 2') }));
    const learner = await createLearner({ files, now: () => NOW });
    expect(await learner.generateOptimizedSchedule('nightly')).toMatchObject({
      recommendedTime: '17 2 * * *',
      confidenceScore: 0,
    });
  });

  it('answers questions with what was found, and refusals with a sentence', async () => {
    const learner = await taught();
    expect(await learner.predictExecutionTime('nightly.yml')).toMatchObject({
      success: true,
      message: expect.stringContaining('Expected duration'),
      data: { workflow_name: 'nightly', expected_duration_seconds: expect.closeTo(1_800, 0) },
    });
    expect(await learner.predictBatch()).toMatchObject({ data: { predictions: [{}, {}] } });
    expect(await learner.getExecutionHistory('backup.yml')).toMatchObject({ data: { total: 30 } });
    expect(await learner.getAccuracyMetrics()).toMatchObject({ data: { runs_learned: 58 } });
    expect(await learner.getWorkflowInsights()).toMatchObject({ data: { runs: 60, success_rate: 1 } });
    expect(await learner.healthCheck()).toMatchObject({ success: true, data: { status: 'ok' } });
    expect(await learner.predictExecutionTime('nothing.yml')).toMatchObject({
      success: false,
      message: expect.stringContaining('nothing.yml'),
      data: null,
    });
    const wrong = { workflow: 'nightly.yml', duration: -1, success: true };
    expect(await learner.recordExecution(wrong)).toMatchObject({ success: false, data: null });
  });

  it('adapts and evolves strategies, and hands them on in a file', async () => {
    const learner = await taught();
    expect(await learner.adaptStrategy('default')).toMatchObject({ strategy: 'default' });
    expect(await learner.evolveStrategies()).toMatchObject({ runsReplayed: 60 });
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-learner-'));
    try {
      const file = join(directory, 'learning.json');
      await learner.export(file);
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: 1 });
      const next = await createLearner({ learning: file, now: () => NOW });
      const names = async (of: typeof next) => (await of.report()).strategies.map(({ name }) => name);
      expect(await names(next)).toEqual(await names(learner));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
    await expect(createLearner({ learning: { version: 2 } })).rejects.toMatchObject({
      code: 'usage-invalid',
    });
  });
});
