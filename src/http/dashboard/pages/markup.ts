import { html, raw } from 'hono/html';
import type { ScheduleDecision } from '../../../plan/decision.ts';
import type { Column } from '../../../render/document.ts';
import { instant, timeOfDay } from '../../../render/quantity.ts';
import { outcomeWords } from '../../../render/report-words.ts';
import { hourTime } from '../../../time.ts';

/** Markup that is safe to put into a page: texts were escaped when they went in. */
export type Markup = ReturnType<typeof html>;

export const EMPTY: Markup = raw('');

/** An instant (epoch ms) in UTC; the script adds the viewer's own time before it. */
export function when(at: number): Markup {
  return html`<time datetime="${new Date(at).toISOString()}">${instant(at)}</time>`;
}

/** A time without its date, for pages that name the day elsewhere; the script adds the viewer's own time before it. */
export function timeOfTheDay(at: number): Markup {
  return html`<time datetime="${new Date(at).toISOString()}" data-form="time">${timeOfDay(at)} UTC</time>`;
}

/** A UTC hour of the day; the script adds the viewer's own. */
export function hourText(hour: number, suffix = ''): Markup {
  return html`<span data-hour="${hour}">${hourTime(hour)}${suffix}</span>`;
}

/** A name that others have chosen, isolated so that right-to-left text in it does not reorder the text around it. */
export function name(text: string): Markup {
  return html`<bdi>${text}</bdi>`;
}

/** Longest name in the column of a drawing (characters). */
const NAME_LENGTH = 30;

/** A name as short as the column of a drawing. */
export function cutName(text: string): string {
  return text.length <= NAME_LENGTH ? text : `${text.slice(0, NAME_LENGTH - 1)}…`;
}

/** A link to the evidence on GitHub. Where the address is not http(s), only the text is shown. */
export function evidence(url: string, text: string | Markup): Markup {
  if (!/^https?:\/\//.test(url)) return html`${text}`;
  return html`<a class="evidence" href="${url}" rel="noreferrer">${text}</a>`;
}

/** A sentence of Offbeat; text between backticks becomes `code`. */
export function sentence(text: string): Markup {
  const parts = text.split('`');
  // An odd number of parts has every backtick closed.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, place) => (place % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}

/** A cron and, under it, its meaning in words. */
export function cronText(cron: string, words: string): Markup {
  return html`<code>${cron}</code>${words === '' ? EMPTY : html`<br><small>${words}</small>`}`;
}

/** A box in place of missing contents: a title, and advice on how to get them. */
export function nothingYet(title: string, advice: string | Markup): Markup {
  return html`<section class="empty"><h2>${title}</h2><p>${advice}</p></section>`;
}

/** A list with bullets; nothing where it has no items. */
export function bullets(items: readonly Markup[]): Markup {
  return items.length === 0 ? EMPTY : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** A strategy's name as a link to its page. */
export function strategyLink(repositoryId: number, strategy: string): Markup {
  const href = `/repositories/${repositoryId}/strategies?strategy=${encodeURIComponent(strategy)}`;
  return html`<a class="strategy" href="${href}">${name(strategy)}</a>`;
}

/** A figure that stands out. */
export interface Tile {
  readonly label: string;
  readonly value: string | Markup;
  readonly note?: string | Markup;
}

export function tiles(figures: readonly Tile[]): Markup {
  return html`<dl class="tiles">${figures.map(
    ({ label, value, note }) =>
      html`<div><dt>${label}</dt><dd>${value}${note === undefined ? EMPTY : html`<small>${note}</small>`}</dd></div>`,
  )}</dl>`;
}

/** A word in a coloured badge with a sign, so that the meaning does not depend on colour. */
export function badge(tone: 'good' | 'bad' | 'wait' | 'plain', text: string): Markup {
  return html`<span class="badge ${tone}">${text}</span>`;
}

const OUTCOME_TONES = { move: 'good', held: 'wait', keep: 'plain', refused: 'plain' } as const;

/** What was decided on a schedule; `null` before the first decision. */
export function outcomeBadge(outcome: ScheduleDecision['outcome'] | null): Markup {
  return badge(outcome === null ? 'plain' : OUTCOME_TONES[outcome], outcomeWords(outcome));
}

/** On a phone, a table with more columns is stacked: each row's name, then a line of head and cell for each column. */
const COLUMNS_ON_A_PHONE = 3;

/**
 * A table whose first cell names the row. Where it is wider than the page, it scrolls within it. On a phone it is
 * stacked or scrolls too: `onAPhone` sets this, for instance to scroll a table of many similar rows.
 */
export function table(
  caption: string,
  columns: readonly (string | Column)[],
  rows: readonly (readonly (string | Markup)[])[],
  onAPhone: 'stacked' | 'scrolled' = columns.length > COLUMNS_ON_A_PHONE ? 'stacked' : 'scrolled',
): Markup {
  const heads = columns.map((column) => (typeof column === 'string' ? column : column.head));
  const kinds = columns.map((column) => (typeof column !== 'string' && column.align === 'right' ? 'n' : ''));
  const cell = (content: string | Markup, at: number): Markup =>
    onAPhone === 'stacked'
      ? html`<td class="${kinds[at] ?? ''}" data-head="${heads[at] ?? ''}"><div>${content}</div></td>`
      : html`<td class="${kinds[at] ?? ''}">${content}</td>`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table class="${onAPhone}">
<caption class="quiet">${caption}</caption>
<thead><tr>${heads.map(
    (head, at) => html`<th scope="col" class="${kinds[at] ?? ''}">${head}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((content, at) => (at === 0 ? html`<th scope="row">${content}</th>` : cell(content, at)))}</tr>
`,
  )}</tbody></table></div>`;
}

/** Links to the pages of a long list. */
export function pager(
  path: string,
  page: number,
  pages: number,
  [before, after]: readonly [string, string] = ['Newer', 'Older'],
): Markup {
  if (pages < 2) return EMPTY;
  const link = (to: number, text: string): Markup =>
    to < 1 || to > pages
      ? EMPTY
      : html`<a href="${path}${path.includes('?') ? '&' : '?'}page=${to}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(page - 1, before)}
<span>Page ${page} of ${pages}</span> ${link(page + 1, after)}</nav>`;
}

/** A form that chooses what the page shows; without a script its button does it. */
export function chooser(
  label: string,
  field: string,
  options: readonly { readonly value: string; readonly text: string }[],
  chosen: string | null,
  kept: Readonly<Record<string, string>> = {},
): Markup {
  return html`<form class="chooser" method="get">
${Object.entries(kept).map(([key, value]) => html`<input type="hidden" name="${key}" value="${value}">`)}
<label>${label} <select name="${field}" data-submit>${options.map(
    ({ value, text }) =>
      html`<option value="${value}" ${value === (chosen ?? '') ? 'selected' : ''}>${text}</option>`,
  )}</select></label> <button>Show</button></form>`;
}
