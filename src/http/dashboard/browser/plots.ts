/** Replaces each drawing by an interactive chart, made from the drawing's table. */

import type { AlignedData, Axis, Options, Series, default as UPlot } from 'uplot';

declare const uPlot: typeof UPlot;

type Value = number | null;

interface Column {
  readonly name: string;
  readonly kind: string;
  readonly tone: string;
}

const HEIGHT = 290;
/** Steps of a time axis. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440, 2880];
const STEPS: Readonly<Record<string, number[]>> = {
  minutes: MINUTES,
  seconds: [1, 2, 5, 10, 15, 30, ...MINUTES.map((step) => step * 60)],
  share: [0.25],
  gene: [0.25],
};
const MS_PER_SECOND = 1_000;
const DAY_SECONDS = 86_400;
const dayOnly = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const timeOnly = new Intl.DateTimeFormat(undefined, { timeStyle: 'short', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'short',
  hourCycle: 'h23',
});
/** The axes: hours, positions in an order, and time in the viewer's own format. */
const X_AXES: Readonly<Record<string, Axis>> = {
  hour: { incrs: [1, 2, 3, 4, 6], values: (_plot, at) => at.map(hourText) },
  place: { incrs: [1, 2, 5, 10, 20, 50] },
  time: { values: (_plot, at, _axis, _space, step) => timeTexts(at, step) },
};
/** The point under the pointer. */
const X_VALUES: Readonly<Record<string, (value: number) => string>> = {
  hour: hourText,
  time: (second) => full.format(new Date(second * MS_PER_SECOND)),
};
const drawn = new Map<HTMLElement, UPlot>();

function draw(figure: HTMLElement): void {
  const place = figure.querySelector<HTMLElement>('.plot');
  const table = figure.querySelector<HTMLTableElement>('table.figures');
  if (place === null || table === null || table.tBodies[0] === undefined) return;
  const rows = [...table.tBodies[0].rows];
  if (rows.length < 2) return;
  const columns = [...table.querySelectorAll<HTMLElement>('thead th[data-kind]')].map((head) => ({
    name: head.textContent ?? '',
    kind: head.dataset.kind ?? 'line',
    tone: head.dataset.tone ?? '1',
  }));
  const kind = figure.dataset.plot ?? 'place';
  const unit = figure.dataset.unit ?? 'runs';
  const xs = rows.map((row) => Number(row.dataset.x) / (kind === 'time' ? MS_PER_SECOND : 1));
  const data: Value[][] = [];
  const textAt = X_VALUES[kind] ?? String;
  const series: Series[] = [
    {
      label: table.querySelector('thead th')?.textContent ?? '',
      value: (_plot: UPlot, at: Value) => (at === null ? '–' : textAt(at)),
    },
  ];
  const colours: string[] = ['transparent'];
  const bands: { series: [number, number]; fill: string }[] = [];
  const style = getComputedStyle(document.documentElement);
  for (const [at, column] of columns.entries()) {
    const cells = rows.map((row) => row.querySelectorAll<HTMLElement>('td')[at]);
    const low = cells.map((cell) => figureOf(cell?.dataset.v));
    const colour = style.getPropertyValue(`--c${column.tone}`).trim();
    if (column.kind === 'band') {
      const high = cells.map((cell) => figureOf(cell?.dataset.w));
      data.push(high, low);
      series.push(interval(column, unit, low), {
        label: '',
        width: 0,
        points: { show: false },
        class: 'low',
      });
      colours.push(`${colour}66`, 'transparent');
      bands.push({ series: [series.length - 2, series.length - 1], fill: `${colour}40` });
    } else {
      data.push(low);
      series.push(mark(column, colour, unit));
      colours.push(colour);
    }
  }
  drawn.get(figure)?.destroy();
  const ink = style.getPropertyValue('--muted').trim();
  const line = style.getPropertyValue('--line').trim();
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const options: Options = {
    width: Math.max(280, place.clientWidth || figure.clientWidth),
    height: HEIGHT,
    series,
    bands,
    scales: {
      x: { time: kind === 'time' },
      y: {
        range: (_plot, _low, high) => [
          0,
          unit === 'share' || unit === 'gene' ? 1 : Math.max(high * 1.06, 1e-6),
        ],
      },
    },
    axes: [
      { ...axis, ...X_AXES[kind] },
      {
        ...axis,
        size: 72,
        ...(STEPS[unit] === undefined ? {} : { incrs: STEPS[unit] }),
        values: (_plot, at) => at.map((value) => say(value, unit)),
      },
    ],
    cursor: { points: { size: 7 }, drag: { x: kind === 'time', y: false } },
    legend: { markers: { width: 0, fill: (_plot, at) => colours[at] ?? 'transparent' } },
  };
  place.replaceChildren();
  const plot = new uPlot(options, [xs, ...data] as unknown as AlignedData, place);
  drawn.set(figure, plot);
  figure.classList.add('plotted');
  showWithoutPointer(plot, lastSeen(columns, rows));
  openEvidence(plot, rows);
}

/** The last place where something was seen, the last of all where nothing was. */
function lastSeen(columns: readonly Column[], rows: readonly HTMLTableRowElement[]): number {
  const seen = columns.findIndex(({ kind }) => kind === 'dots');
  const last = rows.findLastIndex(
    (row) => row.querySelectorAll<HTMLElement>('td')[seen]?.dataset.v !== undefined,
  );
  return last < 0 ? rows.length - 1 : last;
}

/** Where no pointer is, the legend has the figures of one place instead of none. */
function showWithoutPointer(plot: UPlot, idx: number): void {
  // The plot clears its legend once when it is ready, and again when the pointer leaves.
  const show = (): number => setTimeout(() => plot.setLegend({ idx }));
  show();
  plot.over.addEventListener('mouseleave', show);
}

/** A click on the chart opens the run under the pointer, like the links of the table. */
function openEvidence(plot: UPlot, rows: readonly HTMLTableRowElement[]): void {
  let downAt = 0;
  plot.over.addEventListener('mousedown', (event) => {
    downAt = event.clientX;
  });
  plot.over.addEventListener('mouseup', (event) => {
    const at = plot.cursor.idx;
    // A drag zooms.
    if (Math.abs(event.clientX - downAt) > 3 || at === null || at === undefined) return;
    const link = rows[at]?.querySelector<HTMLAnchorElement>('td a.evidence');
    if (link !== null && link !== undefined) window.open(link.href, '_blank', 'noreferrer');
  });
}

function interval({ name }: Column, unit: string, low: readonly Value[]): Series {
  const value = (_plot: UPlot, high: Value, _series: number, at: number | null): string =>
    at === null ? '–' : `${told(low[at], unit)} – ${told(high, unit)}`;
  return { label: name, width: 0, points: { show: false }, value: value as Series.Value };
}

function mark({ name, kind }: Column, colour: string, unit: string): Series {
  const value = (_plot: UPlot, figure: Value): string => told(figure, unit);
  return kind === 'dots'
    ? {
        label: name,
        stroke: colour,
        width: 0,
        points: { show: true, size: 7, fill: colour, stroke: colour },
        value,
      }
    : { label: name, stroke: colour, width: 2, points: { show: false }, spanGaps: true, value };
}

function hourText(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

/** Days, or times with the day below the first of it. */
function timeTexts(seconds: readonly number[], step: number): string[] {
  let before = '';
  return seconds.map((second) => {
    const at = new Date(second * MS_PER_SECOND);
    const day = dayOnly.format(at);
    if (step >= DAY_SECONDS) return day;
    const isNew = day !== before;
    before = day;
    return isNew ? `${timeOnly.format(at)}\n${day}` : timeOnly.format(at);
  });
}

function figureOf(text: string | undefined): Value {
  return text === undefined ? null : Number(text);
}

function told(value: Value | undefined, unit: string): string {
  return value === null || value === undefined ? '–' : say(value, unit);
}

function say(value: number, unit: string): string {
  switch (unit) {
    case 'share':
      return `${Math.round(value * 100)} %`;
    case 'gene':
      return value.toFixed(2);
    case 'minutes':
      return minutes(value);
    case 'seconds':
      return minutes(value / 60);
    default:
      return String(Math.round(value * 100) / 100);
  }
}

function minutes(value: number): string {
  if (value > 0 && value < 1) return `${Math.round(value * 60)} s`;
  const whole = Math.round(value);
  const rest = whole % 60;
  if (whole < 60) return `${whole} min`;
  return rest === 0 ? `${Math.floor(whole / 60)} h` : `${Math.floor(whole / 60)} h ${rest} min`;
}

function drawAll(): void {
  if (typeof uPlot === 'undefined') return;
  for (const figure of drawn.keys()) {
    if (figure.isConnected) continue;
    drawn.get(figure)?.destroy();
    drawn.delete(figure);
  }
  for (const figure of document.querySelectorAll<HTMLElement>('figure[data-plot]')) {
    if (!drawn.has(figure)) draw(figure);
  }
}

function redrawAll(): void {
  for (const figure of drawn.keys()) draw(figure);
}

function fitAll(): void {
  for (const [figure, plot] of drawn) {
    const width = figure.querySelector<HTMLElement>('.plot')?.clientWidth ?? 0;
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT });
  }
}

drawAll();
document.addEventListener('offbeat:shown', drawAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
addEventListener('resize', () => requestAnimationFrame(fitAll));
