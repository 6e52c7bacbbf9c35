import { z } from 'zod';
import { jsonText } from '../../database/json-text.ts';
import type { RepositoryRow } from '../../database/tables.ts';
import type { Run } from '../../history/run.ts';
import { Mode } from '../../proposal/proposal.ts';
import { Refusals } from '../../proposal/refusal-records.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';

/** The columns of a run, as JSON that `jsonb_to_recordset` reads. */
export function runRow(run: Run): Record<string, unknown> {
  return {
    run_id: run.id,
    attempt: run.attempt,
    workflow_id: run.workflowId,
    path: run.path,
    event: run.event,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    actor: run.actor,
    created_at: instant(run.createdAt),
    started_at: instant(run.startedAt),
    ended_at: instant(run.endedAt),
    conclusion: run.conclusion,
    jobs_started_at: instant(run.jobsStartedAt),
    jobs_ended_at: instant(run.jobsEndedAt),
    jobs: run.jobs ?? null,
    duration_seconds: run.durationSeconds,
    queue_seconds: run.queueSeconds,
    schedule_key: run.scheduleKey,
    tick: instant(run.tick),
    ambiguous: run.ambiguous,
    predicted_seconds: run.predictedSeconds ?? null,
  };
}

/** Columns of `runRow` with their types, in the order of the table. */
export const RUN_COLUMNS = {
  run_id: 'bigint',
  attempt: 'integer',
  workflow_id: 'bigint',
  path: 'text',
  event: 'text',
  head_sha: 'text',
  head_branch: 'text',
  actor: 'text',
  created_at: 'timestamptz',
  started_at: 'timestamptz',
  ended_at: 'timestamptz',
  conclusion: 'text',
  jobs_started_at: 'timestamptz',
  jobs_ended_at: 'timestamptz',
  jobs: 'jsonb',
  duration_seconds: 'double precision',
  queue_seconds: 'double precision',
  schedule_key: 'text',
  tick: 'timestamptz',
  ambiguous: 'boolean',
  predicted_seconds: 'double precision',
} as const;

const milliseconds = (column: string): string => `(extract(epoch from ${column}) * 1000)::double precision`;

/** SQL that makes the JSON of a `Run` from a row of `runs` named `run`. */
export const RUN_AS_JSON = `json_build_object(
  'id', run.run_id, 'attempt', run.attempt, 'workflowId', run.workflow_id, 'path', run.path, 'event', run.event,
  'headSha', run.head_sha, 'headBranch', run.head_branch, 'actor', run.actor,
  'createdAt', ${milliseconds('run.created_at')}, 'startedAt', ${milliseconds('run.started_at')},
  'endedAt', ${milliseconds('run.ended_at')}, 'conclusion', run.conclusion,
  'jobsStartedAt', ${milliseconds('run.jobs_started_at')}, 'jobsEndedAt', ${milliseconds('run.jobs_ended_at')},
  'jobs', run.jobs,
  'durationSeconds', run.duration_seconds, 'queueSeconds', run.queue_seconds, 'scheduleKey', run.schedule_key,
  'tick', ${milliseconds('run.tick')}, 'ambiguous', run.ambiguous,
  'predictedSeconds', run.predicted_seconds)`;

const ProfileRow = z.object({
  id: z.number(),
  installation_id: z.number(),
  owner: z.string(),
  name: z.string(),
  default_branch: z.string(),
  archived: z.boolean(),
  fork: z.boolean(),
  private: z.boolean(),
  commanded_mode: Mode.nullable(),
  last_round_at: z.date().nullable(),
  removed_at: z.date().nullable(),
  notices_given: z.array(z.string()),
  refusals: Refusals,
});

/** The columns of `repositories` that `profileFrom` reads. */
export const PROFILE_COLUMNS: readonly string[] = Object.keys(ProfileRow.shape);

export function profileFrom(row: unknown): RepositoryProfile {
  const {
    installation_id,
    default_branch,
    commanded_mode,
    last_round_at,
    removed_at,
    notices_given,
    ...same
  } = ProfileRow.parse(row);
  return {
    ...same,
    installationId: installation_id,
    defaultBranch: default_branch,
    commandedMode: commanded_mode,
    lastRoundAt: last_round_at?.getTime() ?? null,
    removedAt: removed_at?.getTime() ?? null,
    noticesGiven: notices_given,
  };
}

export function profileColumns(
  profile: RepositoryProfile,
): Record<Exclude<keyof RepositoryRow, 'version' | 'older_events' | 'older_audit'>, unknown> {
  return {
    id: profile.id,
    installation_id: profile.installationId,
    owner: storable(profile.owner),
    name: storable(profile.name),
    default_branch: storable(profile.defaultBranch),
    archived: profile.archived,
    fork: profile.fork,
    private: profile.private,
    commanded_mode: profile.commandedMode,
    last_round_at: profile.lastRoundAt === null ? null : new Date(profile.lastRoundAt),
    removed_at: profile.removedAt === null ? null : new Date(profile.removedAt),
    notices_given: [...profile.noticesGiven],
    refusals: jsonText(profile.refusals),
  };
}

function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}
