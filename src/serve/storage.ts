import { systemClock } from '../clock.ts';
import { openDeploymentFile } from '../store/deployment-file.ts';
import { openExpiringKeysFile } from '../store/expiring-keys-file.ts';
import { openLowdbStore } from '../store/lowdb/lowdb-store.ts';
import { openOperatorAuditFile } from '../store/operator-audit-file.ts';
import { openFiles } from './storage-on-files.ts';
import type { Storage, StorageOptions } from './storage-parts.ts';

export type { Storage, StorageOptions } from './storage-parts.ts';

/** Opens files or, where one is named, the database. Throws `store-locked`, `store-unreachable`, `store-newer`. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { database } = options.env;
  if (database === undefined) return openFiles(options);
  const { openTables } = await onTables();
  return openTables(options, database);
}

/** Opens the operator's decisions without the store, as the App may be running on it. */
export async function openDeployments({
  env,
  log,
}: Pick<StorageOptions, 'env' | 'log'>): Promise<
  Pick<Storage, 'deployments' | 'expiringKeys' | 'audit' | 'close'>
> {
  if (env.database === undefined) {
    return {
      deployments: openDeploymentFile(env.dataDirectory),
      expiringKeys: openExpiringKeysFile(env.dataDirectory, systemClock, 'terminal'),
      audit: openOperatorAuditFile(env.dataDirectory),
      close: async () => undefined,
    };
  }
  const { openMigrated, operatorTables } = await onTables();
  const database = await openMigrated(env.database, log);
  return { ...operatorTables(database), close: () => database.destroy() };
}

/** The store alone, for a command that handles no deliveries. Throws as `openStorage` does. */
export async function openStore({
  env,
  log,
  clock,
}: Pick<StorageOptions, 'env' | 'log' | 'clock'>): Promise<Pick<Storage, 'store' | 'close'>> {
  if (env.database === undefined) {
    const store = await openLowdbStore({ directory: env.dataDirectory, log, clock });
    return { store, close: () => store.close() };
  }
  const { openMigrated, tableStore } = await onTables();
  const database = await openMigrated(env.database, log);
  return { store: tableStore(database, { env, log, clock }), close: () => database.destroy() };
}

/** Loads the modules for PostgreSQL: a fifth of the App's modules, which a store on files does not need. */
function onTables() {
  return import('./storage-on-tables.ts');
}
