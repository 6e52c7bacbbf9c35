import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../database/connect.ts';
import { OffbeatError } from '../../errors.ts';
import { OlderRuns, withinMonths } from '../../history/older-runs.ts';
import { Run } from '../../history/run.ts';
import { ServedTick } from '../../on-time/served-tick.ts';
import { OnTimeState } from '../../on-time/state.ts';
import { Decision } from '../../plan/decision.ts';
import { SharedLoad } from '../../plan/shared-load.ts';
import { AuditEvent } from '../../proposal/audit.ts';
import { SettingsAndBookkeeping } from '../../proposal/bookkeeping.ts';
import { Proposal } from '../../proposal/proposal.ts';
import { LearningEvent, StrategyPopulation } from '../../strategy/strategy.ts';
import { emptyRepository, Version } from '../kept-repository.ts';
import { type Retention, withinBounds } from '../retention.ts';
import { learnedFrom, learnedJobsFrom } from './learned-parts.ts';
import { OLDER_RUNS, PROFILES, profileFrom, RUNS } from './rows.ts';
import type { VersionedRepository } from './unit-of-work.ts';

/** The columns of the query besides those of the profile, by the part of the state that each is. */
const Contents = z.object({
  version: z.number(),
  runs: z.array(Run),
  olderRuns: z.array(OlderRuns),
  learned: z.record(z.string(), z.string()),
  population: StrategyPopulation.nullable(),
  learningLog: z.array(LearningEvent),
  olderEvents: z.number(),
  care: SettingsAndBookkeeping.nullable(),
  sharedLoad: SharedLoad.nullable(),
  onTime: OnTimeState.nullable(),
  ticks: z.array(ServedTick),
  audit: z.array(AuditEvent),
  olderAudit: z.number(),
  scheduleVersions: z.array(Version),
  decisions: z.array(Decision),
  proposals: z.array(Proposal),
});

/** The current version of a repository; `undefined` where there is no such repository. */
export async function readVersion(database: Database, id: number): Promise<number | undefined> {
  const { rows } = await sql<{
    version: number;
  }>`select version from offbeat.repositories where id = ${id}`.execute(database);
  return rows[0]?.version;
}

/** Reads a repository in one statement, so of one version. Throws `store-damaged` where a part does not match. */
export async function readRepository(
  database: Database,
  id: number,
  retention: Retention,
  now: number,
): Promise<VersionedRepository | undefined> {
  const { rows } = await select(id, retention).execute(database);
  const [row] = rows;
  if (row === undefined) return undefined;
  try {
    const { version, learned, population, care, ...contents } = Contents.parse(row);
    const base = emptyRepository(profileFrom(row), now);
    const state = {
      ...base,
      ...contents,
      olderRuns: withinMonths(contents.olderRuns),
      learned: learned.version === undefined ? base.learned : learnedFrom(learned),
      jobs: learnedJobsFrom(learned),
      population: population ?? base.population,
      care: care ?? base.care,
    };
    return { version, ...withinBounds(state, retention) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    throw new OffbeatError('store-damaged', 'The state of this repository in the database cannot be read.', {
      where: `repository ${id}, ${error.issues[0]?.path.join('.') ?? ''}`,
      fix: 'It was changed by hand or by another program: restore it from a backup.',
      cause: error,
    });
  }
}

function select(id: number, retention: Retention) {
  const events = sql.lit(retention.learningEvents);
  const audit = sql.lit(retention.auditEvents);
  const versions = sql.lit(retention.scheduleVersions);
  // Limits are literals, as the plan turns on them.
  return sql`
    with repository as (
      select ${PROFILES.names}, version, older_events, older_audit from offbeat.repositories where id = ${id}
    )
    select repository.*,
      coalesce(listed.runs, '[]') as runs,
      (select coalesce(json_agg(${OLDER_RUNS.asJson} order by month, path, kind), '[]')
        from offbeat.older_runs where repository_id = repository.id) as "olderRuns",
      (select coalesce(json_object_agg(part, state), '{}') from offbeat.learned_parts
        where repository_id = repository.id) as learned,
      (select population::jsonb from offbeat.populations where repository_id = repository.id) as population,
      (select coalesce(json_agg(event order by sequence), '[]') from
        (select sequence, event from offbeat.learning_events where repository_id = repository.id
          order by sequence desc limit ${events}) as newest) as "learningLog",
      repository.older_events + greatest(0, (select count(*)::integer from offbeat.learning_events
        where repository_id = repository.id) - ${events}) as "olderEvents",
      (select care::jsonb from offbeat.care where repository_id = repository.id) as care,
      (select load::jsonb from offbeat.shared_loads where repository_id = repository.id) as "sharedLoad",
      (select state from offbeat.on_time where repository_id = repository.id) as "onTime",
      (select coalesce(json_agg(served order by tick, path), '[]') from offbeat.ticks
        where repository_id = repository.id) as ticks,
      (select coalesce(json_agg(event order by sequence), '[]') from
        (select sequence, event from offbeat.audit where repository_id = repository.id
          order by sequence desc limit ${audit}) as newest) as audit,
      repository.older_audit + greatest(0, (select count(*)::integer from offbeat.audit
        where repository_id = repository.id) - ${audit}) as "olderAudit",
      (select coalesce(json_agg(
          json_strip_nulls(json_build_object('sha', sha, 'seenAt', seen_at, 'entries', entries, 'widths', widths))
          order by position), '[]') from
        (select * from offbeat.schedule_versions where repository_id = repository.id
          order by position desc limit ${versions}) as newest) as "scheduleVersions",
      (select coalesce(json_agg(decision order by first), '[]') from
        (select distinct on (id) decision, min(sequence) over (partition by id) as first
          from offbeat.decisions where repository_id = repository.id
          order by id, sequence desc) as newest) as decisions,
      (select coalesce(json_agg(proposal order by position), '[]') from offbeat.proposals
        where repository_id = repository.id) as proposals
    from repository left join lateral (
      select json_agg(${RUNS.asJson} order by run_id, attempt) as runs
      from offbeat.runs where repository_id = repository.id
    ) as listed on true`;
}
