import type { PlanInput } from '../../src/plan/input.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { quantile } from './realised.ts';

/** What planning of one size took; CPU beside the clock, as others may use the machine. */
export interface Speed {
  readonly schedules: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

/** The same repository, so many times as large. */
export function repeated(input: PlanInput, times: number): PlanInput {
  const schedules = Array.from({ length: times }, (_, copy) =>
    input.schedules.map((one) => ({ ...one, key: `${copy} ${one.key}`, path: `${copy} ${one.path}` })),
  ).flat();
  return { ...input, schedules };
}

export function speedOf(input: PlanInput, repetitions: number): Speed {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let at = 0; at < repetitions; at += 1) {
    const start = performance.now();
    planSchedules(input, at + 1);
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return {
    schedules: input.schedules.length,
    medianMs: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    cpuMs: (user + system) / 1000 / repetitions,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}
