import { html } from 'hono/html';
import { hourTime } from '../../../time.ts';
import { EMPTY, evidence, type Markup } from './markup.ts';
import { figure, gridLines, timeLines, type Unit } from './scale.ts';

/** A figure, the two ends of an interval, or nothing. */
export type Cell = number | readonly [number, number] | null;

export interface Series {
  readonly name: string;
  readonly kind: 'line' | 'dots' | 'band';
  /** Place in the palette, which people who see few colours can tell apart. */
  readonly tone: 1 | 2 | 3 | 4 | 5 | 6;
}

export interface ChartRow {
  readonly x: number;
  readonly label: string | Markup;
  /** One for each series. */
  readonly cells: readonly Cell[];
  /** Where the evidence stands. */
  readonly url?: string;
  readonly urlText?: string | Markup;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  readonly note: string | Markup;
  /** `time`: x is epoch ms. `hour`: a UTC hour of the day. `place`: a place in an order. */
  readonly x: { readonly kind: 'time' | 'hour' | 'place'; readonly name: string };
  readonly unit: Unit;
  readonly series: readonly Series[];
  readonly rows: readonly ChartRow[];
  /** Highest figure of the axis; from the rows where it is not given. */
  readonly top?: number;
  /** Head of the column of evidence. */
  readonly evidenceName?: string;
}

const WIDTH = 760;
const HEIGHT = 270;
const LEFT = 64;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 30;
/** Room above the highest figure. */
const HEADROOM = 1.06;

/** A chart: SVG, hidden from screen readers, and a table of the figures, from which the script draws its own. */
export function chart(shown: Chart): Markup {
  return html`<figure class="chart" id="${shown.id}" data-plot="${shown.x.kind}" data-unit="${shown.unit}" data-live>
<figcaption><h2>${shown.title}</h2><p>${shown.note}</p></figcaption>
${legend(shown.series)}
<div class="scroll drawing" role="region" aria-label="Drawing: ${shown.title}" tabindex="0">${drawing(shown)}</div>
<div class="plot"></div>
<details><summary>The same as a table</summary>${figures(shown)}</details>
</figure>`;
}

function legend(series: readonly Series[]): Markup {
  return html`<ul class="legend">${series.map(
    ({ name, kind, tone }) => html`<li class="${kind} t${tone}">${name}</li>`,
  )}</ul>`;
}

type Plane = ReturnType<typeof planeOf>;

function planeOf({ rows, x, unit, top }: Chart) {
  const xs = rows.map((row) => row.x);
  const first = x.kind === 'hour' ? -0.5 : Math.min(...xs);
  const last = x.kind === 'hour' ? 23.5 : Math.max(...xs, first + 1);
  const highest = Math.max(...rows.flatMap(({ cells }) => cells.flatMap((cell) => cell ?? [])), 0);
  const ceiling = top ?? (highest === 0 ? (unit === 'share' ? 1 : 60) : highest * HEADROOM);
  const place = (value: number): string => value.toFixed(1);
  return {
    x: (value: number) => place(LEFT + ((value - first) / (last - first)) * (WIDTH - LEFT - RIGHT)),
    y: (value: number) =>
      place(HEIGHT - BOTTOM - (Math.min(value, ceiling) / ceiling) * (HEIGHT - TOP - BOTTOM)),
    top: ceiling,
    first,
    last,
  };
}

function drawing(shown: Chart): Markup {
  if (shown.rows.length === 0) return EMPTY;
  const plane = planeOf(shown);
  const order = { band: 0, line: 1, dots: 2 };
  const drawn = shown.series
    .map((series, column) => ({ series, column }))
    .sort((a, b) => order[a.series.kind] - order[b.series.kind]);
  return html`<svg class="figure" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true" focusable="false">
${grid(shown, plane)}
${drawn.map(({ series, column }) => seriesMarks(shown, series, column, plane))}
</svg>`;
}

function grid(shown: Chart, plane: Plane): Markup {
  const bottom = HEIGHT - BOTTOM;
  return html`<g class="grid">${gridLines(plane.top, shown.unit).map(
    (value) => html`<path d="M${LEFT} ${plane.y(value)}H${WIDTH - RIGHT}"/>
<text x="${LEFT - 8}" y="${plane.y(value)}" dy=".32em" text-anchor="end">${figure(value, shown.unit)}</text>`,
  )}${xLabels(shown, plane).map(
    ({ at, text }) => html`<text x="${plane.x(at)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
  )}</g>`;
}

function xLabels({ x }: Chart, { first, last }: Plane) {
  switch (x.kind) {
    case 'time':
      return timeLines(first, last);
    case 'hour':
      return [0, 3, 6, 9, 12, 15, 18, 21].map((at) => ({ at, text: hourTime(at) }));
    case 'place':
      return [first, Math.round((first + last) / 2), last].map((at) => ({ at, text: String(at) }));
  }
}

function seriesMarks({ rows }: Chart, { kind, tone }: Series, column: number, plane: Plane): Markup {
  const points = (heightOf: (cell: Cell) => number | null): string[] =>
    rows.flatMap(({ x, cells }) => {
      const height = heightOf(cells[column] ?? null);
      return height === null ? [] : [`${plane.x(x)},${plane.y(height)}`];
    });
  switch (kind) {
    case 'band': {
      const upper = points((cell) => (Array.isArray(cell) ? cell[1] : null));
      const lower = points((cell) => (Array.isArray(cell) ? cell[0] : null)).reverse();
      if (upper.length === 0) return EMPTY;
      return html`<polygon class="band t${tone}" points="${[...upper, ...lower].join(' ')}"/>`;
    }
    case 'line': {
      const line = points((cell) => (typeof cell === 'number' ? cell : null));
      return html`<polyline class="line t${tone}" points="${line.join(' ')}"/>`;
    }
    case 'dots':
      return html`${rows.map(({ x, cells, url }) => {
        const cell = cells[column];
        if (typeof cell !== 'number') return EMPTY;
        const dot = html`<circle class="dots t${tone}" cx="${plane.x(x)}" cy="${plane.y(cell)}" r="3.2"/>`;
        return url === undefined ? dot : html`<a href="${url}" tabindex="-1">${dot}</a>`;
      })}`;
  }
}

function figures({ title, series, rows, unit, x, evidenceName }: Chart): Markup {
  const withEvidence = evidenceName !== undefined;
  return html`<div class="scroll" role="region" aria-label="${title}" tabindex="0"><table class="figures">
<caption class="quiet">${title}</caption>
<thead><tr><th scope="col">${x.name}</th>${series.map(
    ({ name, kind, tone }) =>
      html`<th scope="col" class="n" data-kind="${kind}" data-tone="${tone}">${name}</th>`,
  )}${withEvidence ? html`<th scope="col">${evidenceName}</th>` : EMPTY}</tr></thead>
<tbody>${rows.map(
    (row) => html`<tr data-x="${row.x}"><th scope="row">${row.label}</th>${row.cells.map(cellMarkup(unit))}${
      withEvidence
        ? html`<td>${row.urlText ?? (row.url === undefined ? '–' : evidence(row.url, 'run'))}</td>`
        : EMPTY
    }</tr>
`,
  )}</tbody></table></div>`;
}

const cellMarkup =
  (unit: Unit) =>
  (cell: Cell): Markup => {
    if (cell === null) return html`<td class="n">–</td>`;
    if (typeof cell === 'number')
      return html`<td class="n" data-v="${round(cell)}">${figure(cell, unit)}</td>`;
    const [low, high] = cell;
    const range = `${figure(low, unit)} – ${figure(high, unit)}`;
    return html`<td class="n" data-v="${round(low)}" data-w="${round(high)}">${range}</td>`;
  };

function round(value: number): string {
  return String(Number(value.toPrecision(6)));
}
