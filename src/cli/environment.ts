import { readEnvFile } from '../serve/env-file.ts';
import type { CliContext } from './plan.ts';

/** Read from the working directory, and written there by the setup. */
export const ENV_FILE = '.env';

export type Environment = CliContext['env'];

/** The environment with the file beneath it: the real one stands above, an empty variable counts as unset in both. */
export async function environmentOf({ env }: Pick<CliContext, 'env'>): Promise<Environment> {
  const file = await readEnvFile(ENV_FILE);
  return { ...file, ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')) };
}
