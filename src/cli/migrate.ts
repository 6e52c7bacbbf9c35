import { openDatabase } from '../database/connect.ts';
import { migrate } from '../database/migrate.ts';
import { readStorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { startBoss } from '../queue/pg-boss/boss.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';

/** `offbeat migrate`: makes the tables, or brings them up to this version. */
export async function migrateCommand(context: CliContext): Promise<number> {
  const { database: named } = readStorageEnv(await environmentOf(context));
  if (named === undefined) {
    throw new OffbeatError('env-invalid', 'There is no database to migrate.', {
      where: 'DATABASE_URL',
      fix: 'Set it; without it everything is kept in files, and these need no migration.',
    });
  }
  const database = openDatabase({ ...named, onError: () => undefined });
  try {
    const applied = await migrate(database);
    const boss = await startBoss({ connection: { url: named.url }, log: commandLog(context) });
    await boss.stop({ graceful: false });
    context.output.write(
      applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`,
    );
    return 0;
  } finally {
    await database.destroy();
  }
}
