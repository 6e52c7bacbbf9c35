import type { Run } from '../../src/history/run.ts';
import type { Log } from '../../src/log.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import type { RepositoryProfile } from '../../src/usecases/ports.ts';

export const clock = { now: () => Date.parse('2026-11-02T03:00:00Z') };

export function profile(id: number, more: Partial<RepositoryProfile> = {}): RepositoryProfile {
  const named = { owner: 'acme', name: `repository-${id}`, defaultBranch: 'main' };
  return {
    ...newProfile({ id, installationId: 9, ...named, archived: false, fork: false, private: false }),
    ...more,
  };
}

export function run(id: number, more: Partial<Run> = {}): Run {
  const createdAt = clock.now() + id * 60_000;
  return {
    id,
    attempt: 1,
    workflowId: 3,
    path: '.github/workflows/nightly.yml',
    event: 'schedule',
    headSha: 'a'.repeat(40),
    headBranch: 'main',
    actor: 'octocat',
    createdAt,
    startedAt: createdAt + 1_000,
    endedAt: createdAt + 61_000,
    conclusion: 'success',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: 60,
    queueSeconds: null,
    scheduleKey: '.github/workflows/nightly.yml#0',
    tick: createdAt - 600_000,
    ambiguous: false,
    ...more,
  };
}

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

/** A log that keeps its lines. */
export function keepingLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
