import { html } from 'hono/html';
import { incompleteSentence } from '../../shared/incomplete.ts';
import { EMPTY, type Markup, name } from './markup.ts';

/** Addresses of the files that every page loads. */
export interface AssetUrls {
  readonly style: string;
  readonly plotStyle: string;
  readonly plot: string;
  readonly scripts: readonly string[];
  readonly icon: string;
}

/** The person who looks at the page. */
export interface Viewer {
  readonly login: string;
  /** Token in every form, against forged requests. */
  readonly formToken: string;
}

/** Pages of a repository, in the order of the menu. */
const SECTIONS = [
  ['', 'Overview'],
  ['proposals', 'Proposals'],
  ['decisions', 'Decisions'],
  ['lateness', 'Lateness'],
  ['week', 'Week'],
  ['day', 'Day'],
  ['jobs', 'Jobs'],
  ['safety', 'Safety'],
  ['commands', 'Commands'],
] as const;

/** How Offbeat learns: nobody needs it to decide on a proposal. */
const ADVANCED = [
  ['forecasts', 'Forecasts'],
  ['strategies', 'Strategies'],
  ['log', 'Learning log'],
] as const;

export type Section = (typeof SECTIONS)[number][0] | (typeof ADVANCED)[number][0];

/** The repository that a page is about. */
export interface Place {
  readonly id: number;
  readonly fullName: string;
  readonly section: Section;
  /** Its address on GitHub. */
  readonly url: string;
}

export interface Page {
  readonly title: string;
  readonly content: Markup;
  readonly viewer: Viewer | null;
  readonly place: Place | null;
  /** Epoch ms by the App's clock; it decides between summer and winter time in the viewer's timezone. */
  readonly now: number;
  /** Deliveries from before a crash that are not handled yet, so that the page lacks them. */
  readonly replaying: number;
}

/** A whole page. Where scripts run, the pages of a repository update themselves. */
export function layout(assets: AssetUrls, { title, content, viewer, place, now, replaying }: Page): string {
  const live = place === null ? EMPTY : html` data-events="/repositories/${place.id}/events"`;
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}${place === null ? '' : ` · ${place.fullName}`} · Offbeat</title>
<link rel="icon" href="${assets.icon}">
<link rel="stylesheet" href="${assets.plotStyle}">
<link rel="stylesheet" href="${assets.style}">
<script src="${assets.plot}" defer></script>
${assets.scripts.map((script) => html`<script src="${script}" type="module"></script>`)}
</head>
<body data-now="${now}"${live}>
<a class="skip" href="#main">Skip to the content</a>
<header>
<p class="brand"><a href="/">${mark()}Offbeat</a></p>
${
  place === null
    ? EMPTY
    : html`<p class="place"><a href="${place.url}" rel="noreferrer">${name(place.fullName)}</a></p>`
}
${viewer === null ? EMPTY : account(viewer)}
</header>
${place === null ? EMPTY : menu(place)}
<main id="main" tabindex="-1">
<div class="head"><h1>${title}</h1><p class="live" role="status" aria-live="polite"></p></div>
${replaying === 0 ? EMPTY : html`<p role="status">${incompleteSentence(replaying)}</p>`}
${content}
</main>
<footer><p><span class="zone">All times are UTC.</span> Figures come from runs on GitHub; punctuality is forecast, never
promised.</p></footer>
</body>
</html>
`);
}

/** Three bars of which the middle one is off the beat. */
function mark(): Markup {
  return html`<svg class="mark" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
<path d="M3 4v12M17 4v12"/><path class="off" d="M12 7v12"/></svg>`;
}

function account({ login, formToken }: Viewer): Markup {
  return html`<form class="account" method="post" action="/sign-out">
<input type="hidden" name="form" value="${formToken}">
<span>${name(login)}</span> <button class="quietly">Sign out</button></form>`;
}

function menu(place: Place): Markup {
  const open = ADVANCED.some(([path]) => path === place.section);
  return html`<nav class="menu" aria-label="This repository"><ul>
${SECTIONS.map(([path, text]) => menuItem(place, path, text))}
<li><details${open ? html` open` : EMPTY}><summary>Advanced</summary><ul>
${ADVANCED.map(([path, text]) => menuItem(place, path, text))}
</ul></details></li></ul></nav>`;
}

function menuItem({ id, section }: Place, path: Section, text: string): Markup {
  const href = `/repositories/${id}${path === '' ? '' : `/${path}`}`;
  return html`<li><a href="${href}"${path === section ? html` aria-current="page"` : EMPTY}>${text}</a></li>`;
}
