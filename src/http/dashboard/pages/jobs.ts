import { html } from 'hono/html';
import { numeric } from '../../../render/document.ts';
import { fileName } from '../../../render/move-words.ts';
import { percent, seconds } from '../../../render/quantity.ts';
import type { JobRow, JobsView } from '../views/jobs.ts';
import { chooser, cutName, EMPTY, type Markup, name, nothingYet, table } from './markup.ts';

const WIDTH = 1040;
const LEFT = 230;
const RIGHT = 26;
const TOP = 26;
const ROW = 28;
const BAR = 14;
const WAIT_BAR = 4;
const LINES = 4;
/** A job that decides half of the runs is drawn as part of the critical path. */
const CRITICAL_SHARE = 0.5;

/** How a workflow's usual run goes: its jobs, their waits and their work, with the critical path set off. */
export function jobsPage(view: JobsView | null): Markup {
  if (view === null) {
    return nothingYet(
      'No job has been seen yet',
      'Jobs are learned as they end, where GitHub sends the App their events: the next run of a ' +
        'workflow brings the first.',
    );
  }
  return html`${chooser(
    'Jobs of',
    'workflow',
    view.workflows.map(({ path, runs }) => ({ value: path, text: `${fileName(path)} (${runs})` })),
    view.path,
  )}
<section class="chart" id="jobs" data-live><h2>The usual run</h2>
<p class="quiet">Medians of the newest runs. A thin line is a wait for a runner, a bar is work; jobs on the critical
path of at least half of the runs are orange. A line from one job to another says that the second waits for the first,
as the file has it. <code>/bottlenecks ${fileName(view.path)}</code> says what would make it
shorter.</p>
<div class="scroll" role="region" aria-label="The usual run" tabindex="0">${drawing(view)}</div>
${table(
  'Jobs of the usual run',
  [
    'Job',
    'Waits for',
    'Runner',
    numeric('Queued after'),
    numeric('Waits'),
    numeric('Works'),
    numeric('Critical'),
    numeric('Runs'),
  ],
  view.rows.map((row) => [
    name(row.name),
    name(row.needs.join(', ')),
    name(row.labels),
    seconds(row.queuedAt),
    seconds(row.startsAt - row.queuedAt),
    seconds(row.endsAt - row.startsAt),
    percent(row.criticalShare),
    String(row.runs),
  ]),
)}</section>`;
}

/** The run as bars over time. Hidden from screen readers, since the table says the same. */
function drawing(view: JobsView): Markup {
  const height = TOP + view.rows.length * ROW + 8;
  const x = (at: number): number => LEFT + (at / Math.max(1, view.seconds)) * (WIDTH - LEFT - RIGHT);
  const marks = Array.from({ length: LINES + 1 }, (_, at) => (at * view.seconds) / LINES);
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true" focusable="false">
<g class="grid">${marks.map((at) => {
    const left = x(at).toFixed(1);
    return html`<path d="M${left} ${TOP}V${height - 8}"/>
<text x="${left}" y="16" text-anchor="middle">${seconds(at)}</text>`;
  })}</g>
${view.rows.map((row, place) => row.needs.map((need) => arrow(need, row, place)))}
${view.rows.map((row, place) => rowMarks(row, yOf(place)))}
</svg>`;
  function yOf(place: number): number {
    return TOP + place * ROW + ROW / 2;
  }

  /** From the end of the job that another one waits for, down or up to where that one is queued. */
  function arrow(need: string, row: JobRow, place: number): Markup {
    const from = view.rows.findIndex(({ name: other }) => other === need);
    const before = view.rows[from];
    if (before === undefined) return EMPTY;
    const [start, end] = [x(before.endsAt).toFixed(1), x(row.queuedAt).toFixed(1)];
    return html`<path class="need" d="M${start} ${yOf(from)}V${yOf(place)}H${end}"/>
`;
  }

  function rowMarks(row: JobRow, y: number): Markup {
    const [queued, starts, ends] = [x(row.queuedAt), x(row.startsAt), x(row.endsAt)];
    const tone = row.criticalShare >= CRITICAL_SHARE ? 't2' : 't1';
    const wait =
      starts - queued < 1
        ? EMPTY
        : html`<rect class="t0" x="${queued.toFixed(1)}" y="${y - WAIT_BAR / 2}"
 width="${(starts - queued).toFixed(1)}" height="${WAIT_BAR}"/>`;
    return html`<g><text class="row" x="${LEFT - 10}" y="${y}" dy=".32em" text-anchor="end">${cutName(row.name)}</text>
${wait}<rect class="${tone}" x="${starts.toFixed(1)}" y="${y - BAR / 2}"
 width="${Math.max(2, ends - starts).toFixed(1)}" height="${BAR}" rx="2"><title>${row.name}</title></rect></g>
`;
  }
}
