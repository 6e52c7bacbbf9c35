import { setTimeout as wait } from 'node:timers/promises';
import type { RepositoryState } from '../../usecases/ports.ts';
import { addTo } from '../shared/add-to.ts';
import type { Changes } from './changes.ts';

/** Least time between two announcements to a page, which is loaded again for each. */
const PACE_MS = 1_000;
/** How often the store is read for changes by other processes. It also keeps proxies from closing the connection. */
const LOOK_EVERY_MS = 10_000;
/** Most pages that are kept up to date at the same time. Further pages work, but do not update themselves. */
const MOST_WATCHERS = 500;
/** Of these, pages of one session: more than anybody looks at. */
const MOST_OF_SESSION = 20;

/** A page to keep up to date. */
interface Watched {
  readonly repositoryId: number;
  readonly sessionId: string;
  readonly load: () => Promise<RepositoryState | undefined>;
  readonly stillAllowed: () => Promise<boolean>;
  readonly say: (word: 'change' | 'beat') => Promise<void>;
  readonly cut: AbortSignal;
}

/** Keeps open pages up to date: by announcements within the process, and by reading the store for other processes. */
export function createLive(changes: Changes) {
  const closing = new AbortController();
  /** Pages that watch, by session. */
  const watching = new Map<string, number>();
  const watchersInAll = (): number => [...watching.values()].reduce((sum, count) => sum + count, 0);
  return {
    /**
     * Runs until the connection ends or `stillAllowed` returns false: calls `say('change')` after changes, and
     * `say('beat')` to keep the connection open. Returns false at once where too many pages, or too many of the
     * session, are watching already.
     */
    async watch({ repositoryId, sessionId, load, stillAllowed, say, cut }: Watched): Promise<boolean> {
      const own = watching.get(sessionId) ?? 0;
      if (own >= MOST_OF_SESSION || watchersInAll() >= MOST_WATCHERS || closing.signal.aborted) return false;
      addTo(watching, sessionId, 1);
      const end = AbortSignal.any([cut, closing.signal]);
      /** Aborted by a change, also by one that comes while nobody waits for it. */
      let changed = new AbortController();
      const unsubscribe = changes.subscribe(repositoryId, () => changed.abort());
      try {
        let shown = fingerprint(await load());
        while (!end.aborted && (await stillAllowed())) {
          await say('beat');
          await sleep(LOOK_EVERY_MS, AbortSignal.any([end, changed.signal]));
          changed = new AbortController();
          const found = fingerprint(await load());
          if (found === shown) continue;
          shown = found;
          if (end.aborted) break;
          await say('change');
          await sleep(PACE_MS, end);
        }
        return true;
      } finally {
        unsubscribe();
        addTo(watching, sessionId, -1);
      }
    },
    /** Ends every connection. */
    close: () => closing.abort(),
  };
}

export type Live = ReturnType<typeof createLive>;

/** Waits for so long, or until the signal is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

/** A text that changes when a page could look different. */
function fingerprint(state: RepositoryState | undefined): string {
  if (state === undefined) return '';
  const { runs, population, decisions, proposals, learningLog, audit, care, profile } = state;
  const newest = runs.at(-1);
  return JSON.stringify([
    runs.length,
    newest?.id,
    newest?.endedAt,
    population.runsLearned,
    decisions.length,
    decisions.at(-1)?.id,
    proposals.map(({ state: stands, changedAt, verdict }) => [stands, changedAt, verdict?.at]),
    learningLog.length,
    audit.length,
    care.leftAlone.length,
    care.snoozedUntil,
    profile.commandedMode,
  ]);
}
