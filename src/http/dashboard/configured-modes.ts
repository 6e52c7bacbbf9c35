import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../../time.ts';
import { type ConfiguredMode, configuredMode } from '../../usecases/configured-mode.ts';
import type { Context } from '../../usecases/context.ts';
import type { RepositoryState } from '../../usecases/ports.ts';

/** How long a mode is remembered. Reading it takes two requests of the installation's budget. */
const REMEMBERED_MS = MINUTE_MS;
const MOST_REMEMBERED = 500;
/** How long a page waits for GitHub. */
const LONGEST_WAIT_MS = 2_000;

interface KnownMode {
  /** Epoch ms. */
  readonly until: number;
  readonly mode: Promise<ConfiguredMode>;
}

/** The mode in a repository's configuration file, read once a minute at most; `null` where the file sets none. */
export function createConfiguredModes(
  context: Context,
  now: () => number,
): (state: RepositoryState) => Promise<ConfiguredMode> {
  const known = new LRUCache<number, KnownMode>({ max: MOST_REMEMBERED });
  return (state) => {
    const { id } = state.profile;
    const before = known.get(id);
    if (before !== undefined && before.until > now()) return before.mode;
    const mode = withinReason(configuredMode(context, state));
    known.set(id, { until: now() + REMEMBERED_MS, mode });
    return mode;
  };
}

async function withinReason(asked: Promise<ConfiguredMode>): Promise<ConfiguredMode> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), LONGEST_WAIT_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
