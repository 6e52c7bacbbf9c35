import { z } from 'zod';
import { type Run, succeeded } from './run.ts';

/** What remains of runs that are too old to be kept one by one: one workflow file in one UTC month. */
export const OlderRuns = z.object({
  path: z.string(),
  /** `2026-11`. */
  month: z.string(),
  runs: z.number().int().positive(),
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  /** Runs whose duration is known, and the sum of these. */
  timedRuns: z.number().int().nonnegative(),
  totalSeconds: z.number().nonnegative(),
});
export type OlderRuns = z.infer<typeof OlderRuns>;

const MONTH_LENGTH = 'YYYY-MM'.length;

/** `older` with `runs` added up into it. */
export function rollUp(older: readonly OlderRuns[], runs: readonly Run[]): readonly OlderRuns[] {
  const byKey = new Map(older.map((entry) => [`${entry.month} ${entry.path}`, entry]));
  for (const run of runs) {
    const month = new Date(run.createdAt).toISOString().slice(0, MONTH_LENGTH);
    const key = `${month} ${run.path}`;
    const before = byKey.get(key) ?? {
      path: run.path,
      month,
      runs: 0,
      successes: 0,
      failures: 0,
      timedRuns: 0,
      totalSeconds: 0,
    };
    const outcome = succeeded(run.conclusion);
    byKey.set(key, {
      ...before,
      runs: before.runs + 1,
      successes: before.successes + (outcome === true ? 1 : 0),
      failures: before.failures + (outcome === false ? 1 : 0),
      timedRuns: before.timedRuns + (run.durationSeconds === null ? 0 : 1),
      totalSeconds: before.totalSeconds + (run.durationSeconds ?? 0),
    });
  }
  return [...byKey.values()];
}
