import { html } from 'hono/html';
import { count, minutes } from '../../render/quantity.ts';
import type { WeekView } from '../views/week.ts';
import { type Markup, nothingYet, tiles, when } from './markup.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const LONG_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** Runs below which an hour is free. */
const NOTHING = 0.005;
/** Shades of the heat map. */
const SHADES = 9;

/** The load of a week before and after, hour by hour; the shades are the same in both. */
export function weekPage(view: WeekView | null, repositoryId: number): Markup {
  if (view === null) {
    return nothingYet(
      'Nothing is decided yet',
      html`The week is drawn from a decision. One comes with enough runs; to have one now, choose
<a href="/repositories/${repositoryId}/commands">Plan now</a>.`,
    );
  }
  const top = Math.max(...view.before, ...view.after, 1e-9);
  return html`<div id="week" data-live>
<p>Runs expected to be in progress in each hour of a week, with the lateness and durations of <a
href="/repositories/${repositoryId}/decisions/${view.decisionId}">the newest decision</a> (${when(view.decidedAt)}).
${movesWords(view)}${
  view.unknown === 0
    ? ''
    : ` ${count(view.unknown, 'schedule')} of which too little is known cannot be drawn.`
}</p>
${tiles([
  {
    label: 'Busiest hour, today',
    value: `${digits(view.peakBefore.runs)} runs`,
    note: hourWords(view.peakBefore.hour),
  },
  {
    label: 'Busiest hour, proposed',
    value: `${digits(view.peakAfter.runs)} runs`,
    note: hourWords(view.peakAfter.hour),
  },
  {
    label: 'Shared with other runs, today',
    value: minutes(view.sharedBefore),
    note: 'a week, over all schedules',
  },
  {
    label: 'Shared with other runs, proposed',
    value: minutes(view.sharedAfter),
    note: 'a week, over all schedules',
  },
])}
<p class="shades"><span>fewer</span>${Array.from({ length: SHADES }, (_, shade) => html`<i class="h${shade}"></i>`)}<span>more runs at once (at most ${digits(top)})</span></p>
<div class="pair">${heatMap('Today', view.before, top)}${heatMap('Proposed', view.after, top)}</div></div>`;
}

function movesWords({ moves, held }: WeekView): string {
  const waiting =
    held === 0
      ? ''
      : ` ${count(held, 'more schedule')} would gain too and ${held === 1 ? 'waits' : 'wait'} for a later round.`;
  return moves === 0
    ? `It moves nothing, so both are the same.${waiting}`
    : `${count(moves, 'schedule')} would move.${waiting}`;
}

function digits(runs: number): string {
  return runs.toFixed(runs < 2 ? 2 : 1);
}

/** The same number of digits in the whole map; the nought before the point would fill it. */
function cellText(runs: number, top: number): string {
  return top < 2 ? runs.toFixed(2).replace(/^0/, '') : runs.toFixed(1);
}

function hourWords(hour: number): string {
  return `${LONG_DAYS[Math.floor(hour / 24)] ?? ''} ${String(hour % 24).padStart(2, '0')}:00 UTC`;
}

function heatMap(title: string, load: readonly number[], top: number): Markup {
  return html`<div class="heat" role="region" aria-label="${title}" tabindex="0"><table><caption>${title}</caption>
<thead><tr><th scope="col">UTC</th>${DAYS.map(
    (day, at) => html`<th scope="col"><abbr title="${LONG_DAYS[at] ?? ''}">${day}</abbr></th>`,
  )}</tr></thead>
<tbody>${HOURS.map(
    (hour) => html`<tr><th scope="row" data-hour="${hour}">${String(hour).padStart(2, '0')}</th>${DAYS.map(
      (_, day) => {
        const runs = load[day * 24 + hour] ?? 0;
        return html`<td class="h${shadeOf(runs, top)}">${runs < NOTHING ? '0' : cellText(runs, top)}</td>`;
      },
    )}</tr>
`,
  )}</tbody></table></div>`;
}

function shadeOf(runs: number, top: number): number {
  return Math.min(SHADES - 1, Math.round((runs / top) * (SHADES - 1)));
}
