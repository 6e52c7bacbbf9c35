import type { Run } from '../../src/history/run.ts';

export const NIGHTLY = '.github/workflows/nightly.yml';

/** A successful scheduled run of ten minutes, created at an ISO instant. */
export function sampleRun(id: number, createdAt: string, changes: Partial<Run> = {}): Run {
  const at = Date.parse(createdAt);
  return {
    id,
    attempt: 1,
    workflowId: 7,
    path: NIGHTLY,
    event: 'schedule',
    headSha: 'a'.repeat(40),
    headBranch: 'main',
    actor: null,
    createdAt: at,
    startedAt: at,
    endedAt: at + 600_000,
    conclusion: 'success',
    durationSeconds: 600,
    queueSeconds: null,
    jobsStartedAt: null,
    jobsEndedAt: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
    ...changes,
  };
}
