import { type ConstructorOptions, PgBoss } from 'pg-boss';
import { asDatabaseError } from '../../database/failure.ts';
import type { Log } from '../../usecases/ports.ts';

/** Beside the tables of the store, so that neither ever meets the other's names. */
export const BOSS_SCHEMA = 'offbeat_queue';

/** Fetches, heartbeats and maintenance; one more connection listens. */
const POOL_SIZE = 4;
/** How soon a job of a process that died is given to another: its heartbeat has to be missed first. */
const SUPERVISE_SECONDS = 10;
/** Timed work is looked for this often; it is due by the hour. */
const CRON_SECONDS = 30;

export interface BossOptions {
  /** Where the database is; or, for one within this process, how to speak to it. */
  readonly connection: { readonly url: string } | Pick<ConstructorOptions, 'db' | 'backend'>;
  readonly log: Log;
  readonly superviseSeconds?: number;
}

/** Connects to pg-boss and brings its own tables up to date. Throws `store-unreachable`. */
export async function startBoss({ connection, log, superviseSeconds }: BossOptions): Promise<PgBoss> {
  const supervise = superviseSeconds ?? SUPERVISE_SECONDS;
  const boss = new PgBoss({
    ...('url' in connection ? { connectionString: connection.url, max: POOL_SIZE } : connection),
    application_name: 'offbeat-queue',
    schema: BOSS_SCHEMA,
    superviseIntervalSeconds: supervise,
    monitorIntervalSeconds: supervise,
    cronWorkerIntervalSeconds: CRON_SECONDS,
  });
  boss.on('error', (error) => log.error({ err: error }, 'The queue met an error'));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'The queue warns'));
  try {
    return await boss.start();
  } catch (error) {
    throw asDatabaseError(error);
  }
}
