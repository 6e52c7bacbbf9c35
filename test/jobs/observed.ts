import type { ObservedJob } from '../../src/jobs/observed-job.ts';

export const PATH = '.github/workflows/ci.yml';
export const MONDAY = Date.UTC(2026, 10, 2);
const SECOND_MS = 1_000;

/** A job of the run `runId`, queued so many seconds after Monday 2026-11-02, that waited and worked so many seconds. */
export function observed(
  id: number,
  {
    at = 0,
    waited = 10,
    worked = 100,
    ...over
  }: Partial<ObservedJob> & { readonly at?: number; readonly waited?: number; readonly worked?: number } = {},
): ObservedJob {
  const createdAt = MONDAY + at * SECOND_MS;
  const startedAt = createdAt + waited * SECOND_MS;
  return {
    id,
    runId: id,
    path: PATH,
    name: 'build',
    labels: ['ubuntu-latest'],
    conclusion: 'success',
    createdAt,
    startedAt,
    endedAt: startedAt + worked * SECOND_MS,
    ...over,
  };
}
