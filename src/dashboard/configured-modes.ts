import { LRUCache } from 'lru-cache';
import { configuredMode } from '../usecases/configured-mode.ts';
import type { Context } from '../usecases/context.ts';
import type { RepositoryState } from '../usecases/ports.ts';
import type { ConfiguredMode } from './views/safety.ts';

/** A page is looked at more often than the file is changed, and asking takes two requests of the installation's budget. */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 500;
/** A page must not wait for a GitHub that does not answer. */
const LONGEST_WAIT_MS = 2_000;

interface KnownMode {
  /** Epoch ms. */
  readonly until: number;
  readonly mode: Promise<ConfiguredMode>;
}

/** What the config file of a repository says of the mode, asked once a minute at most; `null` where it says nothing. */
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
