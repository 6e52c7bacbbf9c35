import type { Hono } from 'hono';
import { tickShares } from '../../on-time/shares.ts';
import { onTimeBadge } from '../../render/on-time-badge.ts';
import { MINUTE_MS } from '../../time.ts';
import type { Context } from '../../usecases/context.ts';
import { liveRepositories } from '../../usecases/named-repository.ts';
import type { RepositoryProfile } from '../../usecases/ports.ts';
import type { RequestVariables } from './show.ts';

/** Anybody may ask, so the store is asked for names and shares no more often than this. */
const NAMES_MS = MINUTE_MS;
const BADGE_MS = 5 * MINUTE_MS;
/** GitHub's proxy of pictures and browsers keep it for so long; so the same for what is not there. */
const CACHED = `public, max-age=${BADGE_MS / 1000}`;
const SVG = '.svg';

/** `GET /badge/OWNER/REPO.svg`: how much of a public repository's ticks starts on time; 404 for every other name. */
export function badgeRoute(app: Hono<RequestVariables>, context: Pick<Context, 'store' | 'clock'>): void {
  const badges = createBadges(context);
  app.get('/badge/:owner/:file', async (c) => {
    const { owner, file } = c.req.param();
    const badge = file.endsWith(SVG) ? await badges(`${owner}/${file.slice(0, -SVG.length)}`) : null;
    c.header('cache-control', CACHED);
    if (badge === null) return c.text('There is no such badge.\n', 404);
    // Other sites show it.
    c.header('cross-origin-resource-policy', 'cross-origin');
    return c.body(badge, 200, { 'content-type': 'image/svg+xml; charset=utf-8' });
  });
}

/** Finds the badge of a name; `null` alike where it is private, unknown, removed, and where nothing is on time. */
function createBadges({ store, clock }: Pick<Context, 'store' | 'clock'>) {
  let names = new Map<string, number>();
  let namesUntil = Number.NEGATIVE_INFINITY;
  /** Of public repositories on time alone, so there are no more than of these. */
  const kept = new Map<number, { readonly badge: string; readonly until: number }>();
  return async (name: string): Promise<string | null> => {
    const now = clock.now();
    if (now >= namesUntil) {
      names = publicNames(await store.profiles());
      namesUntil = now + NAMES_MS;
    }
    const id = names.get(name.toLowerCase());
    if (id === undefined) return null;
    const known = kept.get(id);
    if (known !== undefined && now < known.until) return known.badge;
    const state = await store.load(id);
    if (state === undefined || state.profile.private || (state.onTime?.files ?? []).length === 0) {
      kept.delete(id);
      return null;
    }
    const badge = onTimeBadge(tickShares(state.ticks, now));
    kept.set(id, { badge, until: now + BADGE_MS });
    return badge;
  };
}

function publicNames(profiles: readonly RepositoryProfile[]): Map<string, number> {
  const live = [...liveRepositories(profiles)];
  return new Map(live.filter(([, profile]) => !profile.private).map(([name, { id }]) => [name, id]));
}
