import { html } from 'hono/html';
import { count, minutes } from '../../../render/quantity.ts';
import { clockTime, DAY_MINUTES, twoDigits } from '../../../time.ts';
import type { HourLoad, WeekView } from '../views/week.ts';
import { type Markup, nothingYet, tiles, when } from './markup.ts';
import { figure } from './scale.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const LONG_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** With fewer jobs, an hour counts as free. */
const NOTHING = 0.005;
/** From this ratio on, more is worth a word. */
const NOTICED = 1.05;
/** Shades of the heat map. */
const SHADES = 9;

/** The load of a week by hour, before and after, in the same shades. */
export function weekPage(view: WeekView | null, repositoryId: number): Markup {
  if (view === null) {
    return nothingYet(
      'Nothing is decided yet',
      html`The week is drawn from a decision. One comes with enough runs; to have one now, choose
<a href="/repositories/${repositoryId}/commands">Plan now</a>.`,
    );
  }
  const top = Math.max(...[...view.before, ...view.after].map(({ jobs }) => jobs), 1e-9);
  return html`<div id="week" data-live>
<p>Jobs expected to be in progress in each hour of a week, scheduled or not, with the lateness and durations of <a
href="/repositories/${repositoryId}/decisions/${view.decisionId}">the newest decision</a> (${when(view.decidedAt)}).
${movesWords(view)}${
  view.unknown === 0
    ? ''
    : ` ${count(view.unknown, 'schedule')} without a forecast ${view.unknown === 1 ? 'is' : 'are'} not drawn.`
}</p>
${tiles([
  {
    label: 'Busiest five minutes, today',
    value: `${figure(view.peakBefore.jobs, 'runs')} jobs`,
    note: timeWords(view.peakBefore.minute),
  },
  {
    label: 'Busiest five minutes, proposed',
    value: `${figure(view.peakAfter.jobs, 'runs')} jobs`,
    note: timeWords(view.peakAfter.minute),
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
<p class="shades"><span>fewer</span>${Array.from(
    { length: SHADES },
    (_, shade) => html`<i class="h${shade}"></i>`,
  )}<span>more jobs at once (at most ${figure(top, 'runs')} on average over an hour)</span></p>
<div class="pair">${heatMap('Today', view.before, top)}${heatMap('Proposed', view.after, top)}</div></div>`;
}

function movesWords(view: WeekView): string {
  const { moves, held } = view;
  const waiting =
    held === 0
      ? ''
      : ` ${count(held, 'more schedule')} ${held === 1 ? 'has' : 'have'} a better time that is held back.`;
  return moves === 0
    ? `It moves nothing, so both are the same.${waiting}`
    : `${count(moves, 'schedule')} would move.${moreBeside(view)}${waiting}`;
}

/** Why a proposal has more runs beside each other, where it has. */
function moreBeside({ sharedBefore, sharedAfter }: WeekView): string {
  return sharedAfter <= sharedBefore * NOTICED
    ? ''
    : ' More runs stand beside each other then: the moves are for shorter waits, and jobs on free runners do not ' +
        'slow each other.';
}

/** A figure of the map, with the same number of digits everywhere and no 0 before the point. */
function cellText(jobs: number, top: number): string {
  return top < 2 ? jobs.toFixed(2).replace(/^0/, '') : jobs.toFixed(1);
}

function timeWords(minuteOfWeek: number): string {
  const day = LONG_DAYS[Math.floor(minuteOfWeek / DAY_MINUTES)] ?? '';
  return `${day} ${clockTime(minuteOfWeek % DAY_MINUTES)} UTC`;
}

function heatMap(title: string, load: readonly HourLoad[], top: number): Markup {
  return html`<div class="heat" role="region" aria-label="${title}" tabindex="0"><table><caption>${title}</caption>
<thead><tr><th scope="col" data-zone>UTC</th>${DAYS.map(
    (day, at) => html`<th scope="col"><abbr title="${LONG_DAYS[at] ?? ''}">${day}</abbr></th>`,
  )}</tr></thead>
<tbody>${HOURS.map(
    (hour) => html`<tr><th scope="row" data-hour="${hour}">${twoDigits(hour)}</th>${DAYS.map((_, day) => {
      const { jobs, busiest } = load[day * 24 + hour] ?? { jobs: 0, busiest: 0 };
      const text = jobs < NOTHING ? '0' : cellText(jobs, top);
      const title = `busiest five minutes: ${figure(busiest, 'runs')}`;
      return html`<td class="h${shadeOf(jobs, top)}" title="${title}">${text}</td>`;
    })}</tr>
`,
  )}</tbody></table></div>`;
}

function shadeOf(jobs: number, top: number): number {
  return Math.min(SHADES - 1, Math.round((jobs / top) * (SHADES - 1)));
}
