import { html } from 'hono/html';
import { succeeded } from '../../../history/run.ts';
import { minutes, seconds, timeOfDay } from '../../../render/quantity.ts';
import { HOUR_MS, hourTime } from '../../../time.ts';
import type { DayRow, DayRun, DayTick, DayView } from '../views/day.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import { cutName, EMPTY, type Markup } from './markup.ts';

const WIDTH = 1040;
const LEFT = 224;
const RIGHT = 26;
const TOP = 26;
const ROW = 28;
const BAR = 12;
/** Shortest bar (pixels) that can be seen and clicked. */
const LEAST_WIDTH = 3;
/** Marks of a tick, as SVG paths from its place. */
const CROSS = 'm-5 -5l10 10m0 -10l-10 10';
const DIAMOND = 'm0 -6l4.5 6l-4.5 6l-4.5 -6z';
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];

/** A day as a drawing, with a row for each schedule. Hidden from screen readers, since a table says the same. */
export function timeline(view: DayView, links: GitHubLinks): Markup {
  const height = TOP + view.rows.length * ROW + 8;
  const x = (at: number): number => {
    const share = (at - view.from) / (view.to - view.from);
    return LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - RIGHT);
  };
  const isToday = view.now > view.from && view.now < view.to;
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" aria-hidden="true" focusable="false">
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="hatch-ground" width="6" height="6"/><path class="hatch-line" d="M0 0V6"/></pattern></defs>
<g class="grid">${HOURS.map((hour) => {
    const at = x(view.from + hour * HOUR_MS).toFixed(1);
    const text = hourTime(hour);
    return html`<path d="M${at} ${TOP}V${height - 8}"/><text x="${at}" y="16" text-anchor="middle">${text}</text>`;
  })}</g>
${isToday ? html`<path class="now" d="M${x(view.now).toFixed(1)} ${TOP}V${height - 8}"/>` : EMPTY}
${view.rows.map((row, place) => rowMarks(row, TOP + place * ROW + ROW / 2))}
</svg>`;

  function rowMarks(row: DayRow, y: number): Markup {
    const label = html`${cutName(row.name)}<title>${row.name}</title>`;
    return html`<g><text class="row" x="${LEFT - 10}" y="${y}" dy=".32em" text-anchor="end">${label}</text>
<path class="rule" d="M${LEFT} ${y + ROW / 2}H${WIDTH - RIGHT}"/>
${row.runs.map((run) => runMark(row, run, y))}${row.ticks.map((tick) => tickMark(tick, y))}</g>
`;
  }

  function runMark(row: DayRow, run: DayRun, y: number): Markup {
    const start = x(run.createdAt);
    const width = Math.max(LEAST_WIDTH, x(run.endedAt) - start);
    const late =
      run.tick === null || run.createdAt <= run.tick
        ? EMPTY
        : html`<path class="late" d="M${x(run.tick).toFixed(1)} ${y}H${start.toFixed(1)}"/>`;
    return html`${late}<a href="${links.run(run.id)}" tabindex="-1"><title>${words(row, run)}</title>
<rect class="run ${toneOf(run)}" x="${start.toFixed(1)}" y="${y - BAR / 2}"
 width="${width.toFixed(1)}" height="${BAR}" rx="2"/></a>`;
  }

  function tickMark({ at, state }: DayTick, y: number): Markup {
    const left = x(at).toFixed(1);
    const tick = `tick at ${timeOfDay(at)} UTC`;
    return state === 'missed'
      ? html`<path class="missed" d="M${left} ${y}${CROSS}"><title>no run for the ${tick}</title></path>`
      : html`<path class="tick ${state}" d="M${left} ${y}${DIAMOND}"><title>${tick}</title></path>`;
  }
}

function words(row: DayRow, run: DayRun): string {
  const late = run.latenessMinutes === null ? '' : `, ${minutes(run.latenessMinutes)} late`;
  const took = run.durationSeconds === null ? '' : `, took ${seconds(run.durationSeconds)}`;
  return `${row.name}: started ${timeOfDay(run.createdAt)} UTC${late}${took}, ${run.conclusion ?? 'running'}`;
}

function toneOf({ conclusion }: DayRun): string {
  const isGood = succeeded(conclusion);
  if (isGood === null) return 't0';
  return isGood ? 't1' : 't2 hatched';
}
