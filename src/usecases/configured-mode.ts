import type { Config } from '../config/config.ts';
import { CONFIG_PATH, parseConfig, UNREAD_CONFIG_PATH } from '../config/parse.ts';
import { ConfigInvalidError } from '../config/problem.ts';
import { OffbeatError } from '../errors.ts';
import type { Decision } from '../plan/decision.ts';
import { currentDecision } from '../proposal/current-decision.ts';
import { type EffectiveMode, effectiveMode } from '../proposal/mode.ts';
import type { Context } from './context.ts';
import { orFailure, orLogged } from './or-failure.ts';
import type { RepositoryReader, RepositoryState } from './ports.ts';

export type ConfiguredMode = 'observe' | 'suggest' | 'pause' | null;

/** The mode in force, where the configuration says `configured`. */
export function modeInForce(
  { emergencyStop }: Pick<Context, 'emergencyStop'>,
  { profile, care }: Pick<RepositoryState, 'profile' | 'care'>,
  configured: ConfiguredMode,
): EffectiveMode {
  const { commandedMode: commanded } = profile;
  return effectiveMode({ emergencyStop, commanded, byOperator: care.modeByOperator, configured });
}

/** The configuration and the mode that it says; `null` for both where it cannot be read now, or is invalid. */
export async function readConfiguration(context: Context, state: RepositoryState) {
  try {
    const { reader } = await context.github.connect(state.profile);
    const config = await reader.config();
    return { mode: config.mode ?? null, config, reader, error: null };
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    context.log.warn(
      { repositoryId: state.profile.id, code },
      'configuration could not be read for the mode',
    );
    return { mode: null, config: null, reader: null, error };
  }
}

/** What the config file says of the mode; `null` where nothing, or where it cannot be read or is invalid. */
export async function configuredMode(context: Context, state: RepositoryState): Promise<ConfiguredMode> {
  return (await readConfiguration(context, state)).mode;
}

/** The defaults for an invalid file, which an issue of its own reports: a command may be the remedy. */
export async function configOrDefaults(reader: Pick<RepositoryReader, 'config'>): Promise<Config> {
  return (await configOrWhyNot(reader)).config;
}

/** The configuration; where it is invalid the defaults, and why. */
export async function configOrWhyNot(
  reader: Pick<RepositoryReader, 'config'>,
): Promise<{ readonly config: Config; readonly configError: string | null }> {
  const config = await orFailure(() => reader.config(), 'config-invalid');
  if (config instanceof OffbeatError) return { config: parseConfig(''), configError: config.sentence };
  return { config, configError: null };
}

/** The same as `readConfiguration`, with what is wrong with the file: sentences with place and remedy. */
export async function configuredModeAndProblems(
  context: Context,
  state: RepositoryState,
): Promise<{
  readonly mode: ConfiguredMode;
  readonly config: Config | null;
  readonly problems: readonly string[];
}> {
  const { mode, config, reader, error } = await readConfiguration(context, state);
  const problems = reader === null ? problemsOf(error) : await misnamedConfig(context, state, reader);
  return { mode, config, problems };
}

/** A file that cannot be read now is no fault of it. */
function problemsOf(error: unknown): readonly string[] {
  if (!(error instanceof OffbeatError) || error.code !== 'config-invalid') return [];
  const wrong =
    error instanceof ConfigInvalidError
      ? error.problems.map(
          ({ line, column, sentence, fix }) => `\`${error.path}:${line}:${column}\`: ${sentence} ${fix}`,
        )
      : [error.sentence];
  return ['The configuration is not valid, so nothing is planned here until it is.', ...wrong];
}

async function misnamedConfig(
  context: Context,
  { profile }: RepositoryState,
  reader: RepositoryReader,
): Promise<readonly string[]> {
  const message = 'a misnamed configuration could not be looked for';
  const text = await orLogged(context, profile.id, message, () => reader.fileText(UNREAD_CONFIG_PATH));
  return text === null ? [] : [`\`${UNREAD_CONFIG_PATH}\` is not read. Rename it to \`${CONFIG_PATH}\`.`];
}

/** The decision that every door answers from, with the gate of the mode as the configuration has it now. */
export async function currentDecisionNow(
  context: Context,
  state: RepositoryState,
): Promise<Decision | undefined> {
  if (state.decisions.length === 0) return undefined;
  const now = context.clock.now();
  const { mode, config } = await readConfiguration(context, state);
  // A configuration that cannot be read now says nothing of the mode: the recorded gate stays.
  if (config === null) return currentDecision(state, { now });
  return currentDecision(state, { now, mode: modeInForce(context, state, mode).mode });
}
