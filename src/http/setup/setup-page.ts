import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { AppManifest } from './app-manifest.ts';
import type { RegisteredApp } from './register-app.ts';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.55 system-ui, sans-serif; }
body { background: #ffffff; color: #1a2027; } a { color: #0a5a9c; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6ebf1; } a { color: #74b9f2; } }
body { max-width: 38rem; margin: 4rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
code { font-size: .9em; overflow-wrap: anywhere; }
button, input { font: inherit; padding: .45rem .9rem; border-radius: .4rem; border: 1px solid GrayText; }
button { cursor: pointer; }
form { margin: 1.5rem 0; }
`;

/** The one style sheet stands in the page, and nothing else runs or loads; forms go to this server and to GitHub. */
export function contentSecurityPolicy(webUrl: string): string {
  const style = createHash('sha256').update(STYLE).digest('base64');
  return [
    `default-src 'none'`,
    `style-src 'sha256-${style}'`,
    `form-action 'self' ${webUrl}`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

/** Why the App asks for each permission of app.yml. */
export const PERMISSION_REASONS: Readonly<Record<string, string>> = {
  metadata: 'Names, default branch, and who may command it. Every App has it.',
  actions: 'It reads runs, jobs and their times.',
  contents: 'It reads workflow files and its configuration, and writes the branch of its proposal.',
  workflows: 'GitHub takes a change under .github/workflows from an App only with this.',
  pull_requests: 'It opens its proposal, brings it up to date, and answers on it.',
  checks: 'It says at each line of a changed .github/offbeat.yml what is wrong with it.',
  issues: 'It answers commands on issues, and says once what is wrong with the configuration.',
};

/** Why it asks for `actions: write`, where the operator has chosen that. */
export const ON_TIME_REASON = 'It starts workflows on time, and cancels GitHub’s late second runs of them.';

export interface ChoiceView {
  /** A sentence on the error of the last choice; `null` where there is none. */
  readonly problem: string | null;
  /** True where the last choice lets the App start workflows on time. */
  readonly onTime: boolean;
}

/** The first page, without JavaScript: the owner of the App, and whether it may start workflows. */
export function renderChoice({ problem, onTime }: ChoiceView): string {
  return page(
    'Set up Offbeat',
    html`
${problem === null ? '' : html`<p role="alert">${problem}</p>`}
<p>Offbeat is a GitHub App, and here there is none yet. Choose what to register; the next page shows it, before anything
goes to GitHub.</p>
<form method="get" action="/setup">
<p><label>Organisation that owns it; empty for your own account:
<input name="organization" autocomplete="off" maxlength="39"></label></p>
<p><label><input type="checkbox" name="on-time"${onTime ? ' checked' : ''}> It may start workflows on time, where their
repositories want it: <code>actions: write</code></label></p>
<button>Go on</button>
</form>`,
  );
}

export interface SetupView {
  readonly manifest: AppManifest;
  /** Where the manifest is posted to. */
  readonly action: string;
  /** Organisation the App will belong to; `null` for the person who is signed in on GitHub. */
  readonly organization: string | null;
}

/** The second page, which sends the manifest to GitHub as it was chosen. */
export function renderSetup({ manifest, action, organization }: SetupView): string {
  const owner = organization === null ? 'your own account' : html`the organisation <b>${organization}</b>`;
  return page(
    'Register the App',
    html`
<p>This registers an App for ${owner}. GitHub shows its name, which no other App on GitHub may have, lets you change it,
and asks you once. Then you come back here, and its number, key and secret are kept on the server, in the file that its
terminal names.</p>
<form method="post" action="${action}">
<input type="hidden" name="manifest" value="${JSON.stringify(manifest)}">
<button>Register the App on GitHub</button>
</form>
<p><a href="/setup">Choose anew</a></p>
<h2>What it asks for</h2>
<ul>${Object.entries(manifest.default_permissions).map(
      ([name, access]) => html`<li>${name}: ${access}. ${reasonFor(name, access)}</li>`,
    )}</ul>
<p>Webhooks will go to <code>${manifest.hook_attributes.url}</code>, so GitHub must be able to reach that address.</p>`,
  );
}

function reasonFor(permission: string, access: string): string {
  const reason = PERMISSION_REASONS[permission] ?? '';
  return permission === 'actions' && access === 'write' ? `${reason} ${ON_TIME_REASON}` : reason;
}

/** The page for whoever has not shown yet that the server's terminal is theirs. */
export function renderCodeForm(problem: string | null): string {
  return page(
    'Set up Offbeat',
    html`
${problem === null ? '' : html`<p role="alert">${problem}</p>`}
<p>Whoever registers the App here owns it. The terminal or log of this server shows a code; it is good once.</p>
<form method="post" action="/setup">
<label>Code: <input name="code" autocomplete="off" maxlength="40" required autofocus></label>
<button>Go on</button>
</form>`,
  );
}

/** The page after the registration. */
export function renderRegistered(app: RegisteredApp): string {
  return page(
    'The App is registered',
    html`
<p><a href="${app.url}">${app.slug}</a> is registered, and its credentials are kept on the server, in the file that its
terminal names. Nobody else may read that file; keep it out of version control.</p>
<ol>
<li>Start Offbeat again. It reads the file by itself.</li>
<li><a href="${app.url}/installations/new">Install the App</a> on the repositories it shall watch.</li>
</ol>`,
  );
}

/** The page where something went wrong; `sentence` says what, and what to do. */
export function renderProblem(title: string, sentence: string): string {
  return page(title, html`<p>${sentence}</p><p><a href="/setup">Back to the setup</a></p>`);
}

function page(title: string, content: ReturnType<typeof html>): string {
  // The style goes in as it is: its hash stands in the policy.
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`);
}
