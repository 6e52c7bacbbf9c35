import { OffbeatError } from '../errors.ts';
import type { Context } from './context.ts';
import type { RepositoryState } from './ports.ts';

/**
 * What the config file says of the mode; `null` where it says nothing, cannot be read now, or is invalid: an invalid
 * file is told by its own issue, and a report must not fail because of it.
 */
export async function configuredMode(
  context: Context,
  state: RepositoryState,
): Promise<'observe' | 'suggest' | 'pause' | null> {
  try {
    const connected = await context.github.connect(state.profile);
    return (await connected.reader.config()).mode ?? null;
  } catch (error) {
    const code = error instanceof OffbeatError ? error.code : 'unknown';
    context.log.warn(
      { repositoryId: state.profile.id, code },
      'configuration could not be read for the mode',
    );
    return null;
  }
}
