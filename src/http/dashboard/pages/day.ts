import { html } from 'hono/html';
import { succeeded } from '../../../history/run.ts';
import { numeric } from '../../../render/document.ts';
import { count, minutes, seconds } from '../../../render/quantity.ts';
import type { DayRow, DayRun, DayView } from '../views/day.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import {
  badge,
  chooser,
  EMPTY,
  evidence,
  type Markup,
  name,
  nothingYet,
  type Tile,
  table,
  tiles,
  timeOfTheDay,
} from './markup.ts';
import { timeline } from './timeline.ts';

/** What was due on a day and what came of it. */
export function dayPage(view: DayView, links: GitHubLinks, repositoryId: number): Markup {
  const path = `/repositories/${repositoryId}/day`;
  const of = view.workflow === null ? '' : `&workflow=${encodeURIComponent(view.workflow)}`;
  const dayLink = (date: string | null, text: string): Markup =>
    date === null ? EMPTY : html`<a href="${path}?date=${date}${of}">${text}</a>`;
  return html`<div class="bar">
<nav class="pager" aria-label="Days">${dayLink(view.previous, 'Day before')}
<form class="chooser" method="get"><label>Day (UTC) <input type="date" name="date" value="${view.date}"></label>${
    view.workflow === null ? EMPTY : html`<input type="hidden" name="workflow" value="${view.workflow}">`
  } <button>Show</button></form>
${dayLink(view.next, 'Day after')}</nav>
${chooser(
  'Workflow',
  'workflow',
  [{ value: '', text: 'all' }, ...view.workflows.map((one) => ({ value: one.path, text: one.name }))],
  view.workflow,
  { date: view.date },
)}</div>
<div id="day" data-live>${view.rows.length === 0 ? empty(view) : drawn(view, links)}</div>`;
}

function empty(view: DayView): Markup {
  return nothingYet(
    'Nothing was due and nothing ran on this day',
    view.workflow === null
      ? 'Choose another day. Days before the App was installed are known only as far as GitHub still lists their runs.'
      : 'Choose another day, or all workflows.',
  );
}

function drawn(view: DayView, links: GitHubLinks): Markup {
  return html`${tiles([
    { label: 'Runs', value: String(view.runs), note: 'scheduled or not' },
    { label: 'Ticks without a run', value: String(view.missed), note: 'no run within 12 hours' },
    latest(view),
  ])}
<figure class="chart"><figcaption><h2>Ticks and runs</h2>
<p>A diamond is a tick, the time a schedule asks for; the dashed line
is how late the run came; the bar is the run, and leads to it on GitHub. The dotted line across is now.</p></figcaption>
<ul class="legend">
<li class="tick">tick</li>
<li class="tick waiting">tick whose run may still come</li>
<li class="missed">tick without a run</li>
<li class="mark-run t1">succeeded</li>
<li class="mark-run t2 hatched">failed</li>
<li class="mark-run t0">other</li>
</ul>
<div class="scroll" role="region" aria-label="Drawing of the day" tabindex="0">${timeline(view, links)}</div>
${leftOut(view)}
<details><summary>The same as a table</summary>${runsAndTicks(view, links)}</details></figure>`;
}

function leftOut({ more }: DayView): Markup {
  if (more === 0) return EMPTY;
  const rows = `${count(more, 'more row')} of this day ${more === 1 ? 'is' : 'are'} not drawn`;
  return html`<p>${rows}: choose a workflow.</p>`;
}

function runsAndTicks(view: DayView, links: GitHubLinks): Markup {
  return table(
    `Runs of ${view.date}`,
    ['Workflow', 'Tick', 'Started', numeric('Late'), numeric('Took'), 'Result'],
    view.rows.flatMap((row) => [...row.runs.map((run) => runLine(row, run, links)), ...missing(row)]),
    'scrolled',
  );
}

function latest({ rows }: DayView): Tile {
  const label = 'Latest start';
  const [most] = rows
    .flatMap(({ name: own, runs }) =>
      runs.flatMap(({ latenessMinutes: late }) => (late === null ? [] : [{ own, late }])),
    )
    .toSorted((one, other) => other.late - one.late);
  return most === undefined
    ? { label, value: '–', note: 'no run of a tick' }
    : { label, value: `${minutes(most.late)} late`, note: name(most.own) };
}

function runLine(row: DayRow, run: DayRun, links: GitHubLinks): readonly (string | Markup)[] {
  return [
    name(row.name),
    run.tick === null ? html`<small>${run.event}</small>` : timeOfTheDay(run.tick),
    timeOfTheDay(run.createdAt),
    run.latenessMinutes === null
      ? '–'
      : `${minutes(run.latenessMinutes)}${run.ambiguous ? ' (uncertain)' : ''}`,
    run.durationSeconds === null ? '–' : seconds(run.durationSeconds),
    html`${resultBadge(run)} ${evidence(links.run(run.id), 'run')}`,
  ];
}

function missing(row: DayRow): readonly (readonly (string | Markup)[])[] {
  return row.ticks
    .filter(({ state }) => state === 'missed' || state === 'waiting')
    .map(({ at, state }) => [
      name(row.name),
      timeOfTheDay(at),
      '–',
      '–',
      '–',
      state === 'missed' ? badge('bad', 'no run') : badge('wait', 'still to come'),
    ]);
}

function resultBadge({ conclusion, running }: DayRun): Markup {
  if (running) return badge('wait', 'running');
  if (conclusion === 'success') return badge('good', 'succeeded');
  if (conclusion !== null && succeeded(conclusion) === false) {
    return badge('bad', conclusion === 'failure' ? 'failed' : conclusion.replaceAll('_', ' '));
  }
  return badge('plain', (conclusion ?? 'unknown').replaceAll('_', ' '));
}
