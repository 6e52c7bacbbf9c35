import { join } from 'node:path';
import { dataDirectoryOf } from '../env.ts';
import { readEnvFile } from '../http/setup/env-file.ts';
import type { CliContext } from './context.ts';

/** A file in the working directory that an operator writes. */
const ENV_FILE = '.env';
/** The file in the data directory that the setup writes: the image can write nowhere else. */
const APP_FILE = 'app.env';

export type Environment = CliContext['env'];

/** The environment, completed by the operator's file, then by the setup's. An empty variable counts as not set. */
export async function environmentOf({ env }: Pick<CliContext, 'env'>): Promise<Environment> {
  const own = { ...filled(await readEnvFile(ENV_FILE)), ...filled(env) };
  return { ...filled(await readEnvFile(setupFile(own))), ...own };
}

/** Where the setup keeps the App's credentials. */
export function setupFile(environment: Environment): string {
  return join(dataDirectoryOf(environment), APP_FILE);
}

function filled(variables: Environment): Environment {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
}
