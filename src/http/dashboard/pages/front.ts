import { html } from 'hono/html';
import type { Markup } from './markup.ts';

/** The page for who has not signed in; `missing` names what the operator has not set yet. */
export function frontPage({
  missing,
  returnTo,
}: {
  readonly missing: readonly string[];
  readonly returnTo: string;
}): Markup {
  const purpose = html`<p class="lead">Offbeat watches how scheduled workflows really run, and proposes better times for
them. Here stands what it has learned, decided and gained.</p>`;
  if (missing.length > 0) {
    const variables = missing.map((variable, at) => html`${at === 0 ? '' : ', '}<code>${variable}</code>`);
    return html`${purpose}<section class="empty"><h2>Nobody can sign in yet</h2>
<p>Whoever runs this server must set ${variables} and start it again. The values stand on the page of the GitHub App;
<code>.env.example</code> explains each.</p></section>`;
  }
  return html`${purpose}
<p><a class="action" href="/sign-in?to=${encodeURIComponent(returnTo)}">Sign in with GitHub</a></p>
<p class="quietly">You see what you may read on GitHub, and steer what you may write to. Offbeat asks GitHub for that
and for your name, and keeps neither longer than your session.</p>`;
}

/** Where something went wrong: what, and what to do. */
export function problemPage(text: string, way: { readonly href: string; readonly text: string }): Markup {
  return html`<p>${text}</p><p><a href="${way.href}">${way.text}</a></p>`;
}
