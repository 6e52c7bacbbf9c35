import { readStorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { AlertState } from '../proposal/alert.ts';
import { renderAllAlerts } from '../render/alerts.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { openStore } from '../serve/storage.ts';
import { allAlerts } from '../usecases/maintenance/alerts-now.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { mustBeDirectory } from './local-sources.ts';
import { unlessServing } from './unless-serving.ts';

export interface AllAlertsOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly state?: string;
}

/** `offbeat alerts` without a repository: what somebody should look at in any of them. */
export async function listAllAlerts(options: AllAlertsOptions, context: CliContext): Promise<number> {
  const { clock, output } = context;
  const state = AlertState.optional().safeParse(options.state);
  if (!state.success) {
    throw new OffbeatError('usage-invalid', `There is no state "${options.state}" of alerts.`, {
      fix: `Write one of ${AlertState.options.join(', ')}.`,
    });
  }
  const storage =
    options.data === undefined
      ? readStorageEnv(await environmentOf(context))
      : { dataDirectory: options.data };
  if (storage.database === undefined) {
    await mustBeDirectory(storage.dataDirectory, 'Name the data directory of the App with --data.');
  }
  const log = commandLog(context);
  const { store, close } = await unlessServing(
    openStore({ env: storage, log, clock }),
    'GET /api/v1/admin/alerts (role admin)',
  );
  try {
    const alerts = await allAlerts({ store, clock }, state.data);
    output.write(
      options.json === true
        ? JSON.stringify({ alerts }, null, 2)
        : toTerminal(renderAllAlerts(alerts), output),
    );
    return 0;
  } finally {
    await close();
  }
}
