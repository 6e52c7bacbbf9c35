import { openDeploymentFile } from '../store/deployment-file.ts';
import { openExpiringKeysFile } from '../store/expiring-keys-file.ts';
import { openLowdbStore } from '../store/lowdb/lowdb-store.ts';
import { openOperatorAuditFile } from '../store/operator-audit-file.ts';
import { openDeploymentTable } from '../store/postgres/deployment-table.ts';
import { openExpiringKeysTable } from '../store/postgres/expiring-keys-table.ts';
import { openOperatorAuditTable } from '../store/postgres/operator-audit-table.ts';
import { openFiles } from './storage-on-files.ts';
import { openMigrated, openTables, tableStore } from './storage-on-tables.ts';
import { type Storage, type StorageOptions, systemClock } from './storage-parts.ts';

export type { Storage, StorageOptions } from './storage-parts.ts';

/** Opens files or, where one is named, the database. Throws `store-locked`, `store-unreachable`, `store-newer`. */
export function openStorage(options: StorageOptions): Promise<Storage> {
  const { database } = options.env;
  return database === undefined ? openFiles(options) : openTables(options, database);
}

/** What the operator has decided, without opening the store: the App may be running on it. */
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
  const database = await openMigrated(env.database, log);
  return {
    deployments: openDeploymentTable(database),
    expiringKeys: openExpiringKeysTable(database, systemClock),
    audit: openOperatorAuditTable(database),
    close: () => database.destroy(),
  };
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
  const database = await openMigrated(env.database, log);
  return { store: tableStore(database, { env, log, clock }), close: () => database.destroy() };
}
