import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { fieldsOf } from '../../operations/fields.ts';
import type { Endpoint } from './endpoint.ts';
import { API_BASE } from './openapi.ts';
import { PROBLEMS } from './problem.ts';
import { REASON_HEADER } from './read-request.ts';

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { background: #ffffff; color: #1a2027; } a { color: #0a5a9c; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6ebf1; } a { color: #74b9f2; } }
body { max-width: 56rem; margin: 2.5rem auto; padding: 0 1.25rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2.5rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
code, pre { font: .9em ui-monospace, monospace; } h3 code { overflow-wrap: anywhere; }
pre {
  white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem 1rem;
  border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: .4rem;
}
table { border-collapse: collapse; width: 100%; margin: .5rem 0; }
th, td {
  text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent);
}
.method { font-weight: 700; } .role { opacity: .75; }
`;

/** No script runs, and nothing is loaded but the style within the page. */
export function pagePolicy(): string {
  const style = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

/** The API on one page, for people. */
export function renderPage(endpoints: readonly Endpoint[], version: string): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Offbeat API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<h1>Offbeat API <small>${version}</small></h1>
<p>Every answer is <code>{success, message, data}</code>; every error is a problem as RFC 9457 has it, with a
<a href="#problems">code</a>. The same as a document for programs: <a href="${API_BASE}/openapi.json">openapi.json</a>
(OpenAPI 3.1).</p>
<p>Each request takes a token, with a role and the repositories it is for:</p>
<pre>curl -H "Authorization: Bearer $TOKEN" https://HOST${API_BASE}/repositories</pre>
<p>A request that changes something may say why in the header <code>${REASON_HEADER}</code>; it is kept in the
audit.</p>
${[...new Set(endpoints.map(({ tag }) => tag))].map(
  (tag) => html`<h2>${TITLES[tag] ?? tag}</h2>
${endpoints.filter((endpoint) => endpoint.tag === tag).map(section)}`,
)}
<h2 id="problems">Problems</h2>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead>
<tbody>${Object.entries(PROBLEMS).map(
    ([code, { status, title }]) =>
      html`<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${title}</td></tr>`,
  )}</tbody>
</table>
</main>
</body>
</html>`;
  return String(page);
}

const TITLES: Readonly<Record<string, string>> = {
  service: 'The deployment',
  ask: 'Ask about a repository',
  steer: 'Steer a repository',
  admin: 'Operate',
};

function section(endpoint: Endpoint) {
  const fields = fieldsOf(endpoint.input);
  const address = html`<span class="method">${endpoint.method}</span> <code>${API_BASE}${endpoint.path}</code>`;
  return html`<h3 id="${endpoint.id}">${address}</h3>
<p>${endpoint.summary} <span class="role">Role: ${endpoint.role}.</span></p>
${
  fields.length === 0
    ? ''
    : html`<table>
<thead><tr><th>${endpoint.method === 'GET' ? 'Parameter' : 'Field'}</th><th>Kind</th><th>Meaning</th></tr></thead>
<tbody>${fields.map(
        ({ name, kind, required, description, choices }) =>
          html`<tr><td><code>${name}</code>${required ? ' (required)' : ''}</td><td>${kind}</td><td>${description}${
            choices.length === 0 ? '' : ` One of ${choices.join(', ')}.`
          }</td></tr>`,
      )}</tbody>
</table>`
}`;
}
