import { MINUTE_MS } from '../../time.ts';
import { type ConfiguredMode, configuredMode } from '../../usecases/configured-mode.ts';
import type { Context } from '../../usecases/context.ts';
import type { RepositoryState } from '../../usecases/ports.ts';
import { rememberedFor } from '../shared/remembered-for.ts';
import { within } from '../shared/within.ts';

/** How long a mode is remembered. Reading it takes two requests of the installation's budget. */
const REMEMBERED_MS = MINUTE_MS;
/** How long a page waits for GitHub. */
const LONGEST_WAIT_MS = 2_000;

/** The mode in a repository's configuration file, read once a minute at most; `null` where the file sets none. */
export function createConfiguredModes(context: Context): (state: RepositoryState) => Promise<ConfiguredMode> {
  const known = rememberedFor<number, Promise<ConfiguredMode>>(REMEMBERED_MS, { now: () => Date.now() });
  return (state) => {
    const { id } = state.profile;
    const before = known.get(id);
    if (before !== undefined) return before;
    const mode = within(LONGEST_WAIT_MS, configuredMode(context, state));
    known.set(id, mode);
    return mode;
  };
}
