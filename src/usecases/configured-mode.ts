import type { Config } from '../config/config.ts';
import { CONFIG_PATH, parseConfig, UNREAD_CONFIG_PATH } from '../config/parse.ts';
import { ConfigInvalidError } from '../config/problem.ts';
import { OffbeatError } from '../errors.ts';
import type { Decision } from '../plan/decision.ts';
import { currentDecision } from '../proposal/current-decision.ts';
import { type EffectiveMode, effectiveMode } from '../proposal/mode.ts';
import type { Context } from './context.ts';
import { orFailure } from './or-failure.ts';
import type { ConnectedRepository, RepositoryReader, RepositoryState } from './ports.ts';

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

/** What the config file says of the mode; `null` where nothing, or where it cannot be read or is invalid. */
export async function configuredMode(context: Context, state: RepositoryState): Promise<ConfiguredMode> {
  return (await readConfiguredMode(context, state)).mode;
}

/** The same, and whether the file, or that there is none, could be read and is valid. */
export async function configuredModeIfKnown(
  context: Context,
  state: RepositoryState,
): Promise<{ readonly mode: ConfiguredMode; readonly isKnown: boolean }> {
  const { mode, error } = await readConfiguredMode(context, state);
  return { mode, isKnown: error === undefined };
}

/** The configuration; `null` where it cannot be read now, or is invalid. */
export async function configIfReadable(context: Context, state: RepositoryState): Promise<Config | null> {
  return (await readConfiguredMode(context, state)).config ?? null;
}

/** The defaults for an invalid file, which an issue of its own reports: a command may be the remedy. */
export async function configOrDefaults(reader: Pick<RepositoryReader, 'config'>): Promise<Config> {
  const config = await orFailure(() => reader.config(), 'config-invalid');
  return config instanceof OffbeatError ? parseConfig('') : config;
}

/** The same as `configuredMode`, with what is wrong with the config file: sentences with place and remedy. */
export async function configuredModeAndProblems(
  context: Context,
  state: RepositoryState,
): Promise<{
  readonly mode: ConfiguredMode;
  readonly config: Config | null;
  readonly problems: readonly string[];
}> {
  const { mode, config = null, connected, error } = await readConfiguredMode(context, state);
  if (error !== undefined) return { mode, config, problems: problemsOf(error) };
  return {
    mode,
    config,
    problems: connected === undefined ? [] : await misnamedConfig(context, state, connected),
  };
}

async function readConfiguredMode(context: Context, state: RepositoryState) {
  try {
    const connected = await context.github.connect(state.profile);
    const config = await connected.reader.config();
    return { mode: config.mode ?? null, config, connected };
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    context.log.warn(
      { repositoryId: state.profile.id, code },
      'configuration could not be read for the mode',
    );
    return { mode: null, error };
  }
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
  { reader }: ConnectedRepository,
): Promise<readonly string[]> {
  try {
    if ((await reader.fileText(UNREAD_CONFIG_PATH)) === null) return [];
    return [`\`${UNREAD_CONFIG_PATH}\` is not read. Rename it to \`${CONFIG_PATH}\`.`];
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    context.log.warn({ repositoryId: profile.id, code }, 'a misnamed configuration could not be looked for');
    return [];
  }
}

/** The decision that every door answers from, with the gate of the mode as the configuration has it now. */
export async function currentDecisionNow(
  context: Context,
  state: RepositoryState,
): Promise<Decision | undefined> {
  if (state.decisions.length === 0) return undefined;
  const now = context.clock.now();
  const { mode: configured, isKnown } = await configuredModeIfKnown(context, state);
  // A configuration that cannot be read now says nothing of the mode: the recorded gate stays.
  if (!isKnown) return currentDecision(state, { now });
  return currentDecision(state, { now, mode: modeInForce(context, state, configured).mode });
}
