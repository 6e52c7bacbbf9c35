import { type ConstructorOptions, PgBoss } from 'pg-boss';
import { asDatabaseError } from '../../database/failure.ts';
import type { Log } from '../../log.ts';

/** Schema of pg-boss's own tables, apart from the store's. Nothing of ours reads or writes them. */
export const BOSS_SCHEMA = 'offbeat_queue';

/** Fetches, heartbeats and maintenance; one more connection listens. */
const POOL_SIZE = 4;
/**
 * pg-boss's queries are short, and its tables change too fast for the planner's statistics: with these settings they
 * keep to the indexes and never pay for JIT compilation (docs/decisions/pg-boss.md has the figures).
 */
const CONNECTION_OPTIONS = '-c jit=off -c work_mem=64MB -c random_page_cost=1.1 -c enable_seqscan=off';
/** How often pg-boss looks for jobs whose process has missed its heartbeats. */
const SUPERVISE_SECONDS = 10;
/** How often completed jobs are deleted. */
const MAINTENANCE_SECONDS = 60;
/** Timed work is looked for this often; it is due by the hour. */
const CRON_SECONDS = 30;

export interface BossOptions {
  /** URL of the database, or the adapter of a database within this process. */
  readonly connection: { readonly url: string } | Pick<ConstructorOptions, 'db' | 'backend'>;
  readonly log: Log;
  readonly superviseSeconds?: number;
}

/** Connects to pg-boss and brings its own tables up to date. Throws `store-unreachable`. */
export async function startBoss({ connection, log, superviseSeconds }: BossOptions): Promise<PgBoss> {
  const supervise = superviseSeconds ?? SUPERVISE_SECONDS;
  const boss = new PgBoss({
    ...('url' in connection
      ? { connectionString: connection.url, max: POOL_SIZE, options: CONNECTION_OPTIONS }
      : connection),
    application_name: 'offbeat-queue',
    schema: BOSS_SCHEMA,
    superviseIntervalSeconds: supervise,
    monitorIntervalSeconds: supervise,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    cronWorkerIntervalSeconds: CRON_SECONDS,
  });
  boss.on('error', (error) => log.error({ err: error }, 'The queue met an error'));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'The queue warns'));
  try {
    return await boss.start();
  } catch (error) {
    // Otherwise its timers and connections would keep an idle process alive.
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw asDatabaseError(error);
  }
}
