import { Hono } from 'hono';
import { loadAssets } from './assets.ts';
import { badgeRoute } from './badge.ts';
import { createLive } from './live.ts';
import type { DashboardOptions } from './options.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { securityHeaders } from './security-headers.ts';
import { createShow, type RequestVariables } from './show.ts';
import { signInRoutes } from './sign-in-routes.ts';

const FOREVER = 'public, max-age=31536000, immutable';

/** The pages for people, as one web handler. */
export async function createDashboard(options: DashboardOptions) {
  const { people, publicUrl } = options;
  const assets = await loadAssets();
  const live = createLive(options.changes);
  const headers = Object.entries(securityHeaders(publicUrl.startsWith('https:')));
  const { clock } = options.context;
  const show = createShow({ replaying: () => 0, ...options, assets: assets.urls, clock });
  const app = new Hono<RequestVariables>();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of headers) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  app.get('/assets/:file', (c) => {
    const asset = assets.find(c.req.path);
    if (asset === undefined) return show.problem(c, 404, 'There is no such file.');
    return c.body(asset.body, 200, { 'content-type': asset.contentType, 'cache-control': FOREVER });
  });
  app.onError((error, c) => show.failure(c, error));
  app.notFound((c) => show.problem(c, 404, 'There is no such page.'));
  badgeRoute(app, options.context);
  if (people !== null) signInRoutes(app, people, show, options.oneTime);
  repositoryRoutes(app, { ...options, show, live });
  return {
    fetch: (request: Request) => app.fetch(request),
    /** Ends the connections of open pages, so that the server can stop. */
    close: live.close,
  };
}

export type Dashboard = Awaited<ReturnType<typeof createDashboard>>;
