import type { Hono } from 'hono';
import { ownPath, SIGNED_IN_PATH } from '../session/sign-in.ts';
import type { OneTimeSignIn, People } from './guard.ts';
import { readForm } from './read-form.ts';
import type { RequestVariables, Show } from './show.ts';

/** Routes for signing in at GitHub, and for signing out. */
export function signInRoutes(
  app: Hono<RequestVariables>,
  people: People,
  show: Show,
  oneTime: OneTimeSignIn | undefined,
): void {
  const { sessions, signIn } = people;
  app.use(async (c, next) => {
    const session = await sessions.read(c.req.header('cookie'));
    if (session !== null) c.set('session', session);
    await next();
  });

  app.get('/sign-in', async (c) => {
    const { location, setCookie } = await signIn.begin(c.req.query('to') ?? '/');
    c.header('set-cookie', setCookie);
    return c.redirect(location, 303);
  });

  app.get(SIGNED_IN_PATH, async (c) => {
    const query = new URL(c.req.url).searchParams;
    const { person, token, tokenExpiresAt, returnTo } = await signIn.finish(query, c.req.header('cookie'));
    c.header('set-cookie', await sessions.begin(person, token, tokenExpiresAt));
    c.header('set-cookie', signIn.forget(), { append: true });
    return c.redirect(returnTo, 303);
  });

  app.post('/sign-out', async (c) => {
    const session = c.get('session');
    const form = (await readForm(c.req.raw)).get('form');
    if (session !== undefined) {
      if (!sessions.isFormToken(session, form)) return show.problem(c, 403, STALE_FORM);
      people.access.forget(session);
      // Nobody waits for it: the session ends, whether GitHub answers or not.
      void signIn.revoke(session.token);
      await sessions.end(session);
    }
    c.header('set-cookie', sessions.clear());
    return c.redirect('/', 303);
  });

  if (oneTime !== undefined) {
    let used = false;
    app.get(oneTime.path, async (c) => {
      if (used) return show.problem(c, 404, 'This link was good once. Sign in with GitHub instead.');
      used = true;
      c.header('set-cookie', await sessions.begin(oneTime.person, oneTime.token, null));
      return c.redirect(ownPath(oneTime.returnTo), 303);
    });
  }
}

/** A form that was not made for this session: by another site, or before another sign-in. */
export const STALE_FORM =
  'This form was made for another session. Go back, load the page again, and repeat it.';
