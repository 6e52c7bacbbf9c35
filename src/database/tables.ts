import type { Generated, JSONColumnType } from 'kysely';

/*
 * The tables as TypeScript sees them. A state that is read and written as a whole is `jsonb`; what a query or an
 * operator filters by is a column. Values of `jsonb` are parsed with their schemas where they are read.
 */

type Json = JSONColumnType<object>;

export interface RepositoryRow {
  readonly id: number;
  readonly installation_id: number;
  readonly owner: string;
  readonly name: string;
  readonly default_branch: string;
  readonly archived: boolean;
  readonly fork: boolean;
  readonly private: boolean;
  readonly commanded_mode: string | null;
  readonly last_round_at: Date | null;
  readonly removed_at: Date | null;
  readonly notices_given: readonly string[];
  readonly refusals: Json;
  /** Another number after every change, never used twice. */
  readonly version: Generated<number>;
  /** Learning events that were dropped as too old. */
  readonly older_events: Generated<number>;
  /** Lines of the audit that another store had dropped as too old before it was copied here. */
  readonly older_audit: Generated<number>;
}

interface RunRow {
  readonly repository_id: number;
  readonly run_id: number;
  readonly attempt: number;
  readonly created_at: Date;
  readonly path: string;
}

interface DeadLetterRow {
  readonly id: string;
  readonly at: Date;
  readonly delivery_id: string;
  readonly event: string;
  readonly reason: string;
  readonly attempts: number;
  readonly job: Json | null;
}

export interface Tables {
  readonly 'offbeat.repositories': RepositoryRow;
  readonly 'offbeat.runs': RunRow;
  readonly 'offbeat.older_runs': {
    readonly repository_id: number;
    readonly path: string;
    readonly month: string;
    readonly kind: string;
    readonly runs: number;
  };
  readonly 'offbeat.learned_parts': {
    readonly repository_id: number;
    readonly part: string;
    readonly state: string;
  };
  readonly 'offbeat.populations': { readonly repository_id: number; readonly population: Json };
  readonly 'offbeat.learning_events': { readonly repository_id: number; readonly event: Json };
  readonly 'offbeat.schedule_versions': { readonly repository_id: number; readonly sha: string };
  readonly 'offbeat.decisions': {
    readonly repository_id: number;
    readonly id: string;
    readonly decision: Json;
  };
  readonly 'offbeat.proposals': { readonly repository_id: number; readonly pull_number: number };
  readonly 'offbeat.lateness_pool': { readonly pool: Json };
  readonly 'offbeat.lateness_changes': { readonly change: Json };
  readonly 'offbeat.open_deliveries': { readonly job_id: string; readonly accepted_at: Generated<Date> };
  readonly 'offbeat.seen_keys': { readonly key: string; readonly seen_at: Generated<Date> };
  readonly 'offbeat.expiring_keys': { readonly key: string; readonly expires_at: Date };
  readonly 'offbeat.dead_letters': DeadLetterRow;
  readonly 'offbeat.care': { readonly repository_id: number; readonly care: Json };
  readonly 'offbeat.shared_loads': { readonly repository_id: number; readonly load: Json };
  readonly 'offbeat.on_time': { readonly repository_id: number; readonly state: Json };
  readonly 'offbeat.ticks': { readonly repository_id: number; readonly tick: number };
  readonly 'offbeat.audit': { readonly repository_id: number; readonly event: Json };
  readonly 'offbeat.operator_audit': {
    readonly at: Generated<Date>;
    readonly action: string;
    readonly repository_id: number | null;
    readonly details: Json;
  };
}
