import { html } from 'hono/html';
import { percent, seconds } from '../../../render/quantity.ts';
import type { ForecastView } from '../views/forecasts.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import { chart } from './chart.ts';
import { chooser, type Markup, nothingYet, tiles, when } from './markup.ts';

/** What was forecast of each run, against what it was. */
export function forecastsPage(view: ForecastView | null, links: GitHubLinks): Markup {
  if (view === null) {
    return nothingYet(
      'No duration has been learned yet',
      'The first forecast comes with the second finished run of a workflow. Runs that were cancelled or skipped ' +
        'teach nothing.',
    );
  }
  const { summary } = view;
  return html`${chooser(
    'Runs of',
    'stream',
    view.streams.map(({ name, label, runs }) => ({ value: name, text: `${label} (${runs})` })),
    view.stream.name,
  )}
${
  summary === null
    ? nothingYet(
        'Too few runs',
        'One finished run is known; a forecast is made from those before it. The next run brings the first.',
      )
    : html`<div id="accuracy" data-live>${tiles([
        {
          label: 'Off by a quarter at most',
          value: percent(summary.withinQuarter),
          note: 'of the runs drawn',
        },
        { label: 'Median error', value: percent(summary.medianError), note: 'of the run’s duration' },
        { label: 'Inside the 90 % interval', value: percent(summary.coverage), note: 'should be about 90 %' },
      ])}</div>
${chart({
  id: 'forecast',
  title: 'Duration, forecast and actual',
  note: 'Each forecast was made from the runs before it alone. The shaded range should hold nine runs in ten.',
  x: { kind: 'time', name: 'Started' },
  unit: 'seconds',
  series: [
    { name: '90 % interval', kind: 'band', tone: 6 },
    { name: 'forecast', kind: 'line', tone: 1 },
    { name: 'actual', kind: 'dots', tone: 2 },
  ],
  rows: view.points.map((point) => ({
    x: point.at,
    label: when(point.at),
    cells: [[point.seconds.q05, point.seconds.q95], point.seconds.q50, point.actualSeconds],
    url: links.run(point.runId),
  })),
  top: topOf(view),
  evidenceName: 'Evidence',
})}
<p>The worst miss drawn: ${worst(view)}.</p>`
}`;
}

/** The scale follows runs and forecasts; a first interval that is still wide would press them flat. */
function topOf({ points }: ForecastView): number {
  const highest = Math.max(
    ...points.map(({ actualSeconds, seconds: { q50 } }) => Math.max(actualSeconds, q50)),
    1,
  );
  const interval = Math.max(...points.map(({ seconds: { q95 } }) => q95));
  return Math.min(interval, highest * 1.5) * 1.06;
}

function worst({ points }: ForecastView): string {
  const [first] = points;
  if (first === undefined) return 'none';
  const miss = points.reduce((a, b) => (b.error > a.error ? b : a), first);
  return `${seconds(miss.seconds.q50)} forecast, ${seconds(miss.actualSeconds)} taken`;
}
