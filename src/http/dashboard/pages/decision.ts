import { html } from 'hono/html';
import { COST_PARTS } from '../../../plan/cost-parts.ts';
import type { Decision, ObjectiveTerms, ScheduleDecision, SlotForecast } from '../../../plan/decision.ts';
import { busierPeak } from '../../../render/day-chart.ts';
import { numeric } from '../../../render/document.ts';
import { cronWords } from '../../../render/move-words.ts';
import { count, minutes, percent, seconds } from '../../../render/quantity.ts';
import { latenessWords } from '../../../render/report-words.ts';
import type { DecisionDetail } from '../views/decisions.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import { chart } from './chart.ts';
import { outcomeOf, TRIGGER_WORDS } from './decisions.ts';
import { gateTable } from './gates.ts';
import {
  bullets,
  cronText,
  EMPTY,
  evidence,
  hourText,
  type Markup,
  name,
  outcomeBadge,
  pager,
  sentence,
  strategyLink,
  table,
  tiles,
  when,
} from './markup.ts';
import { tradeOffs } from './trade-offs.ts';

/** Candidates that are listed of each schedule. */
const CANDIDATES = 7;
/** Schedules unfolded from the start; more would bury each other. */
const UNFOLDED = 3;

/** One decision: what it moves, why, how sure, what else was looked at, and what held it back. */
export function decisionPage(detail: DecisionDetail, links: GitHubLinks, repositoryId: number): Markup {
  const { decision, line } = detail;
  const path = `/repositories/${repositoryId}/decisions`;
  const neighbour = (id: string | null, text: string): Markup =>
    id === null ? EMPTY : html`<a href="${path}/${id}">${text}</a>`;
  return html`<nav class="pager" aria-label="Decisions">${neighbour(detail.before, 'The one before')}
<a href="${path}">All decisions</a> ${neighbour(detail.after, 'The one after')}</nav>
<p>${when(decision.at)}, because of ${TRIGGER_WORDS[decision.trigger]}, with the strategy
${strategyLink(repositoryId, decision.strategy)}. ${outcomeOf(line)}</p>
${tiles([
  {
    label: 'Moves',
    value: `${line.moves} of ${line.schedules}`,
    ...(line.held === 0 ? {} : { note: `${count(line.held, 'more better time')} held back` }),
  },
  {
    label: 'Cost saved',
    value: percent(Math.max(0, decision.benefit)),
    note: `of what ${COST_PARTS} cost here in a week`,
  },
  {
    label: 'Sure',
    value: line.moves === 0 ? '–' : percent(decision.confidence),
    note:
      line.moves === 0
        ? 'nothing moves'
        : 'the chance that the least sure move brings at least half of its gain',
  },
])}
${dayLoad(decision)}
<section><h2>Schedules</h2>${detail.schedules.map((schedule, at) =>
    scheduleDetails(schedule, links, at < UNFOLDED && schedule.cron !== schedule.to),
  )}
${pager(`${path}/${encodeURIComponent(decision.id)}`, detail.page, detail.pages, [
  'What changes more',
  'What changes less',
])}</section>
<section><h2>What holds it back</h2>${gateTable(decision.gates)}</section>
${tradeOffs(decision)}
<details class="card"><summary>What was weighed</summary>${terms(decision)}</details>`;
}

function dayLoad({ load }: Decision): Markup {
  if (load.before.length === 0) return EMPTY;
  return chart({
    id: 'load',
    title: 'Jobs in progress by hour of the day',
    note:
      'Expected, with lateness and duration as forecast when this was decided. Where nothing moves, both ' +
      `lines are one. ${busierPeak(load)}`.trimEnd(),
    x: { kind: 'hour', name: 'Hour (UTC)' },
    unit: 'runs',
    series: [
      { name: 'today', kind: 'line', tone: 2 },
      { name: 'proposed', kind: 'line', tone: 1 },
    ],
    rows: load.before.map((jobs, hour) => ({
      x: hour,
      label: hourText(hour),
      cells: [jobs, load.after[hour] ?? 0],
    })),
  });
}

function scheduleDetails(schedule: ScheduleDecision, links: GitHubLinks, open: boolean): Markup {
  const { cron, to, timezone } = schedule;
  const moved = cron !== to;
  const saved = percent(Math.max(0, schedule.benefit));
  const promise = `saves ${saved} of its own cost; ${percent(schedule.confidence)} sure`;
  return html`<details class="card"${open ? html` open` : EMPTY}>
<summary><b>${name(schedule.workflowName)}</b> <code>${cron}</code>${
    moved ? html` → <code>${to}</code>` : EMPTY
  } ${outcomeBadge(schedule.outcome)}</summary>
<p>${evidence(links.file(schedule.path), html`<code>${schedule.path}</code>`)}, ${
    schedule.runsSeen === 0
      ? 'no scheduled run seen'
      : evidence(links.runsOf(schedule.path), count(schedule.runsSeen, 'scheduled run'))
  }${moved ? `, ${promise}` : ''}.</p>
${bullets(schedule.reasons.map(sentence))}
<div class="pair">${outlooks(schedule)}
${
  schedule.alternatives.length === 0
    ? EMPTY
    : table(
        `Other times looked at for ${schedule.workflowName}`,
        ['Other times looked at', numeric('Cost saved')],
        schedule.alternatives
          .slice(0, CANDIDATES)
          .map((other) => [cronText(other.cron, cronWords(other.cron, timezone)), percent(other.score)]),
      )
}</div></details>`;
}

const ROWS: readonly (readonly [string, (outlook: SlotForecast) => string | undefined])[] = [
  ['Late: half / nine in ten', latenessWords],
  [
    'Takes: half / nine in ten',
    ({ durationMedianSeconds, durationP90Seconds }) =>
      `${seconds(durationMedianSeconds)} / ${seconds(durationP90Seconds)}`,
  ],
  ['Succeeds', ({ successProbability }) => percent(successProbability)],
  ['Beside other runs, a week', ({ overlapMinutesPerWeek }) => minutes(overlapMinutesPerWeek)],
  [
    'Its runners in use elsewhere',
    ({ runnersHeld }) => (runnersHeld === undefined ? undefined : percent(runnersHeld)),
  ],
  [
    'Done in time',
    ({ finishByProbability }) => (finishByProbability === null ? undefined : percent(finishByProbability)),
  ],
];

function outlooks({ today, proposed, cron, to, timezone, workflowName }: ScheduleDecision): Markup {
  if (today === null) return html`<p>Too little is known of it for figures.</p>`;
  const moved = proposed !== null && cron !== to;
  return table(
    `Outlook of ${workflowName}`,
    ['Expected', numeric('Today'), ...(moved ? [numeric('Proposed')] : [])],
    [
      [
        'Time',
        cronText(cron, cronWords(cron, timezone)),
        ...(moved ? [cronText(to, cronWords(to, timezone))] : []),
      ],
      ...ROWS.flatMap(([label, value]) => {
        const now = value(today);
        return now === undefined ? [] : [[label, now, ...(moved ? [value(proposed) ?? '–'] : [])]];
      }),
    ],
    'stacked',
  );
}

const TERM_WORDS: Readonly<Record<keyof ObjectiveTerms, string>> = {
  overlap: 'Runs in each other’s way',
  lateness: 'Late starts',
  failure: 'Failures',
  finishBy: 'Runs not done in time',
  shift: 'Distance from today’s times',
  edit: 'The edits themselves',
  cost: 'Money',
  crowding: 'Jobs beyond what may run at once',
};

function terms({ terms: { before, after } }: Decision): Markup {
  const names = Object.keys(TERM_WORDS) as readonly (keyof ObjectiveTerms)[];
  return table(
    'Terms of the objective',
    ['Term', numeric('Today'), numeric('Proposed')],
    names
      .filter((term) => (before[term] ?? 0) !== 0 || (after[term] ?? 0) !== 0)
      .map((term) => [TERM_WORDS[term], (before[term] ?? 0).toFixed(3), (after[term] ?? 0).toFixed(3)]),
  );
}
