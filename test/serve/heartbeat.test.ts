import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Deployment, emptyDeployment } from '../../src/proposal/deployment.ts';
import { beginHeartbeat } from '../../src/serve/heartbeat.ts';
import { MINUTE_MS } from '../../src/time.ts';
import type { Deployments } from '../../src/usecases/ports.ts';
import { keepingLog } from '../store/sample.ts';

const START = Date.UTC(2026, 4, 4, 3, 17);

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => void vi.useRealTimers());

function kept() {
  let held: Deployment = emptyDeployment();
  let isFull = false;
  const deployments: Deployments = {
    load: async () => held,
    async change(update) {
      if (isFull) throw new Error('The disk is full.');
      held = update(held);
      return held;
    },
  };
  return {
    deployments,
    uptime: () => held.uptime,
    fill(full: boolean) {
      isFull = full;
    },
  };
}

it('keeps once a minute that the process lives, since its start', async () => {
  const { deployments, uptime } = kept();
  beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(MINUTE_MS - 1);
  expect(uptime()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(uptime()).toEqual({ since: START, aliveAt: START + MINUTE_MS, outages: [] });
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS);
  expect(uptime()).toMatchObject({ aliveAt: START + 6 * MINUTE_MS, outages: [] });
});

it('keeps the instant of the stop, and nothing after it', async () => {
  const { deployments, uptime } = kept();
  const heartbeat = beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(1.5 * MINUTE_MS);
  await heartbeat.stop();
  expect(uptime()?.aliveAt).toBe(START + 1.5 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  expect(uptime()?.aliveAt).toBe(START + 1.5 * MINUTE_MS);
});

it('keeps nothing of a process that stops within a minute', async () => {
  const { deployments, uptime } = kept();
  const heartbeat = beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(MINUTE_MS / 2);
  await heartbeat.stop();
  expect(uptime()).toBeUndefined();
});

it('tells an outage from the last word of one process to the start of the next', async () => {
  const { deployments, uptime } = kept();
  beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
  vi.clearAllTimers();
  vi.setSystemTime(START + 30 * MINUTE_MS);
  beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(uptime()?.outages).toEqual([{ from: START + 10 * MINUTE_MS, to: START + 30 * MINUTE_MS }]);
});

it('goes on after a minute that could not be kept', async () => {
  const { deployments, uptime, fill } = kept();
  fill(true);
  beginHeartbeat(deployments, keepingLog());
  await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
  fill(false);
  await vi.advanceTimersByTimeAsync(MINUTE_MS);
  expect(uptime()).toEqual({ since: START, aliveAt: START + 3 * MINUTE_MS, outages: [] });
});
