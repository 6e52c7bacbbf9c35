import { readEnvFile } from '../http/setup/env-file.ts';
import type { CliContext } from './plan.ts';

/** The file in the working directory that the setup writes. */
export const ENV_FILE = '.env';

export type Environment = CliContext['env'];

/** The environment, completed by the file. A variable of the environment wins; an empty one counts as unset in both. */
export async function environmentOf({ env }: Pick<CliContext, 'env'>): Promise<Environment> {
  const file = await readEnvFile(ENV_FILE);
  return { ...file, ...Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')) };
}
