import type { Run } from '../../src/history/run.ts';
import type { Log } from '../../src/log.ts';
import type { ServedTick } from '../../src/on-time/served-tick.ts';
import type { OnTimeFile } from '../../src/on-time/state.ts';
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

/** A workflow file that is started on time. */
export function onTimeFile(more: Partial<OnTimeFile> = {}): OnTimeFile {
  return {
    path: '.github/workflows/nightly.yml',
    mode: 'punctual',
    net: 'own',
    crons: [{ cron: '0 3 * * *', timezone: 'UTC' }],
    blobSha: 'b'.repeat(40),
    obstacles: [],
    unprepared: false,
    delayMs: 0,
    catchUpMs: null,
    finishByMinute: null,
    inputs: {},
    manualServes: false,
    failures: 'issue',
    since: clock.now(),
    watermark: clock.now(),
    hold: null,
    trial: 'open',
    switchedOff: null,
    issueFingerprint: null,
    tellingSince: null,
    ...more,
  };
}

/** The tick of the file on the `day`-th day, with an intent where nothing else is said. */
export function servedTick(day: number, progress?: ServedTick['progress']): ServedTick {
  const tick = clock.now() + day * 86_400_000;
  const { path } = onTimeFile();
  const intent = { state: 'intent', firstAt: tick, at: tick, call: 1 } as const;
  return {
    ...{ path, tick, cron: '0 3 * * *', timezone: 'UTC', mode: 'punctual', blobSha: null },
    progress: progress ?? intent,
    twin: null,
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
