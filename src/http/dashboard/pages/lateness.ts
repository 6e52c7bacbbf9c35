import { html } from 'hono/html';
import { count, minutes, percent } from '../../../render/quantity.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import type { LatenessHour, LatenessView } from '../views/lateness.ts';
import { chart } from './chart.ts';
import { chooser, EMPTY, evidence, hourText, type Markup, nothingYet, tiles } from './markup.ts';

/** How late a schedule would start at each hour of the day. */
export function latenessPage(view: LatenessView | null, links: GitHubLinks): Markup {
  if (view === null) {
    return nothingYet(
      'No schedule is known yet',
      'Lateness is learned schedule by schedule. The schedules are read with the first run that Offbeat hears of.',
    );
  }
  const { best, worst, schedule } = view;
  const own = view.hours.filter(({ seen }) => seen.length > 0);
  return html`${chooser(
    'Schedule',
    'schedule',
    view.schedules.map(({ key, name }) => ({ value: key, text: name })),
    schedule.key,
  )}
<div id="hours" data-live>${tiles([
    {
      label: 'Latest hour',
      value: hourText(worst.hour, ' UTC'),
      note: `half within ${minutes(worst.minutes.q50)}`,
    },
    {
      label: 'Most punctual hour',
      value: hourText(best.hour, ' UTC'),
      note: `half within ${minutes(best.minutes.q50)}`,
    },
    {
      label: 'Seen',
      value: own.length === 0 ? '–' : `${own.length} of 24 hours`,
      note: own.length === 0 ? 'no run of a known tick yet' : 'the others are forecast from other schedules',
    },
  ])}</div>
${chart({
  id: 'lateness',
  title: 'Minutes from the tick to the run',
  note:
    'For a tick at each UTC hour: the median, and where half and nine in ten of the runs are expected. Hours ' +
    'at which this schedule has not run lean on the repository’s other schedules and on what this deployment ' +
    'has seen elsewhere, so their intervals are wide.',
  x: { kind: 'hour', name: 'Hour of the tick (UTC)' },
  unit: 'minutes',
  series: [
    { name: 'nine in ten', kind: 'band', tone: 6 },
    { name: 'half of the runs', kind: 'band', tone: 1 },
    { name: 'median', kind: 'line', tone: 1 },
    { name: 'seen, newest 30 (median)', kind: 'dots', tone: 2 },
  ],
  rows: view.hours.map((at) => ({
    x: at.hour,
    label: hourText(at.hour),
    cells: [
      [at.minutes.q05, at.minutes.q95],
      [at.minutes.q25, at.minutes.q75],
      at.minutes.q50,
      seenMedian(at),
    ],
    urlText: basis(at, links),
  })),
  evidenceName: 'What stands behind it',
})}`;
}

/** Newest runs that are linked as evidence for an hour. */
const LINKED = 3;
const NEWEST = 30;

function seenMedian({ seen }: LatenessHour): number | null {
  const newest = seen
    .slice(0, NEWEST)
    .map(({ latenessMinutes }) => latenessMinutes)
    .sort((a, b) => a - b);
  return newest[Math.floor(newest.length / 2)] ?? null;
}

function basis(at: LatenessHour, links: GitHubLinks): Markup {
  const runs = at.seen.slice(0, LINKED);
  const newest = runs.map(
    ({ id, latenessMinutes }) => html` ${evidence(links.run(id), minutes(latenessMinutes))}`,
  );
  const dropped = at.dropProbability < 0.005 ? EMPTY : html`; ${percent(at.dropProbability)} leave no run`;
  const linked = runs.length === 0 ? EMPTY : html`; newest:${newest}`;
  return html`<small>${count(at.observations, 'tick')}${dropped}${linked}</small>`;
}
