import { describe, expect, it } from 'vitest';
import { type MeasuredCall, measureClient } from '../../src/github/measured-client.ts';
import { findOperation } from '../../src/operations/table.ts';
import { decorateStore, measureCalls } from '../../src/serve/decorate-store.ts';
import { boundedLabel } from '../../src/telemetry/bounded-label.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { observeRun } from '../../src/usecases/learning/observe-run.ts';
import { sampleRun } from '../history/sample-run.ts';
import { DAY_MS, fakeContext, memoryStore, NOW, SEEN } from '../usecases/fakes.ts';

const NIGHTLY = {
  path: '.github/workflows/nightly.yml',
  text: 'name: Nightly\non:\n  schedule:\n    - cron: "0 2 * * *"\n',
};

/** The figures of one name, `labels value`. */
async function figures(metrics: ReturnType<typeof createMetrics>, name: string): Promise<readonly string[]> {
  const { text } = await metrics.expose();
  return text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
}

describe('figures of the work', () => {
  it('tell of learning, deciding and being held back', async () => {
    const metrics = createMetrics();
    const { context } = fakeContext(
      { files: [NIGHTLY] },
      { store: decorateStore(memoryStore(), measureCalls(metrics)), onLearned: metrics.learned },
    );
    await meetRepository(context, SEEN);
    for (let day = 20; day > 0; day -= 1) {
      await observeRun(context, SEEN, sampleRun(100 - day, new Date(NOW - day * DAY_MS).toISOString()));
    }
    await findOperation('optimize')?.answer({}, { context, repositoryId: SEEN.id, actor: 'mona' });

    expect(await figures(metrics, 'offbeat_forecast_relative_error_count')).toEqual([
      expect.stringMatching(/ (1[0-9]|20)$/),
    ]);
    expect(await figures(metrics, 'offbeat_lateness_minutes_count')).toEqual([
      expect.stringMatching(/repository="1".* (1[0-9]|20)$/),
    ]);
    expect(await figures(metrics, 'offbeat_decisions_total')).toEqual([
      expect.stringMatching(/trigger="command".* 1$/),
    ]);
    expect((await figures(metrics, 'offbeat_gates_held_total')).join()).toContain('gate="mode"');
    expect((await figures(metrics, 'offbeat_store_seconds_count')).join()).toMatch(
      /call="load".*call="apply"/s,
    );
  });

  it('have no name of a repository, a person or a workflow in them', async () => {
    const metrics = createMetrics();
    metrics.answered('predict', 200, 0.01);
    metrics.handled('workflow_run', 'done', 0.01);
    const { text } = await metrics.expose();
    for (const name of [SEEN.owner, 'mona', 'nightly']) expect(text).not.toContain(name);
  });

  it('grow with the bound, and not with what GitHub has', async () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'others', 'a', 'others']);
  });
});

describe('a client that is measured', () => {
  /** A hook that lets the wrapper around a given request run. */
  function hook(request: () => Promise<unknown>) {
    const calls: MeasuredCall[] = [];
    let run: (() => Promise<unknown>) | undefined;
    const wrap = (_name: string, wrapper: (request: unknown, options: unknown) => Promise<unknown>) => {
      run = () => wrapper(request, { method: 'GET' });
    };
    measureClient({ wrap } as unknown as Parameters<typeof measureClient>[0], (call) => calls.push(call));
    return { calls, run: () => run?.() };
  }

  it('tells of answers and of what GitHub leaves', async () => {
    const { calls, run } = hook(async () => ({ status: 200, headers: { 'x-ratelimit-remaining': '4999' } }));
    await run();
    expect(calls).toMatchObject([{ method: 'GET', status: 200, remaining: 4_999 }]);
  });

  it('tells of failures, and lets them through', async () => {
    const refused = hook(() => Promise.reject(Object.assign(new Error('no'), { status: 403 })));
    await expect(refused.run()).rejects.toThrow('no');
    const lost = hook(() => Promise.reject(new Error('gone')));
    await expect(lost.run()).rejects.toThrow('gone');
    expect([...refused.calls, ...lost.calls].map(({ status }) => status)).toEqual([403, 0]);
  });
});
