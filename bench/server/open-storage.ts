import { openStorage, type Storage } from '../../src/serve/storage.ts';
import type { Context } from '../../src/usecases/context.ts';
import { benchContext, benchLog, systemClock } from './context.ts';
import { benchJobHandler } from './process-job.ts';

/** Connections of one process to PostgreSQL, as in production by default. */
const POOL_SIZE = 10;
/** The made runs reach back 600 days, and none shall be rolled up. */
const RUN_MONTHS = 24;

export interface BenchStorageOptions {
  /** Where the files lie; of no use with a database. */
  readonly directory: string;
  /** The database; files where it is not given. */
  readonly url?: string | undefined;
  /** Jobs handled at once; 0: this process only accepts. As many as the queue likes where it is not given. */
  readonly workers?: number;
  /** GitHub as the handlers see it; nothing may ask it where it is not given. */
  readonly github?: Context['github'];
  /** Is called when a job begins, with its delivery's id. */
  readonly onBegin?: (deliveryId: string) => void;
  /** Is called when a job was handled. */
  readonly onEnd?: () => void;
  /** False: jobs are taken and nothing is done with them. */
  readonly learns: boolean;
}

/** Store and queue as production wires them, on files or PostgreSQL, with the handlers of production. */
export function openBenchStorage(options: BenchStorageOptions): Promise<Storage> {
  const { directory, url, workers, github, learns } = options;
  return openStorage({
    env: {
      dataDirectory: directory,
      keepRunMonths: RUN_MONTHS,
      ...(url === undefined ? {} : { database: { url, poolSize: POOL_SIZE } }),
    },
    log: benchLog,
    clock: systemClock,
    ...(workers === undefined ? {} : { workers }),
    handler: (store) => {
      const context = benchContext(store);
      const handle = benchJobHandler(github === undefined ? context : { ...context, github });
      return async (job) => {
        options.onBegin?.(job.deliveryId);
        if (learns) await handle(job);
        options.onEnd?.();
      };
    },
  });
}
