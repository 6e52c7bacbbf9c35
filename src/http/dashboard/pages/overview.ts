import { html } from 'hono/html';
import { cronWords } from '../../../render/move-words.ts';
import { count, percent } from '../../../render/quantity.ts';
import type { Report, ReportSchedule } from '../../../render/report.ts';
import { durationWords, latenessWords, outcomeWords, successWords } from '../../../render/report-words.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import {
  badge,
  cronText,
  EMPTY,
  evidence,
  type Markup,
  name,
  nothingYet,
  sentence,
  table,
  tiles,
  when,
} from './markup.ts';
import { type Steering, steering } from './steering.ts';

export interface Overview {
  readonly repositoryId: number;
  readonly report: Report;
  readonly links: GitHubLinks;
  /** Epoch ms of the newest run; `null` before the first. */
  readonly newestRunAt: number | null;
  readonly steering: Steering;
}

/** What matters of a repository at a glance, and the switches for whoever may use them. */
export function overviewPage(shown: Overview): Markup {
  const { report, repositoryId } = shown;
  const { decision } = report;
  const open = report.proposals.find(({ state }) => state === 'open');
  return html`
${[...report.damage, ...report.refusals].map((line) => html`<p class="alarm" role="alert">${sentence(line)}</p>`)}
<div id="figures" data-live>${tiles([
    { label: 'Mode', value: report.mode.mode, note: sentence(report.mode.why) },
    {
      label: 'Runs learned',
      value: report.runsLearned.toLocaleString('en'),
      note: shown.newestRunAt === null ? 'none has come yet' : html`newest ${when(shown.newestRunAt)}`,
    },
    {
      label: 'Gain to be had',
      value: decision === null ? '–' : percent(decision.benefit),
      note:
        decision === null
          ? 'nothing is decided yet'
          : html`<a href="/repositories/${repositoryId}/decisions/${decision.id}">confidence ${percent(decision.confidence)}</a>`,
    },
    {
      label: 'Open proposal',
      value: open === undefined ? 'none' : evidence(open.url, `#${open.pullNumber}`),
      note: open === undefined ? heldBack(report) : count(open.moves, 'schedule'),
    },
  ])}</div>
${steering(shown.steering)}
<section id="schedules" data-live><h2>Schedules</h2>${schedules(shown)}</section>`;
}

function heldBack({ decision }: Report): Markup | string {
  const gate = decision?.gates.find(({ passed }) => !passed);
  return gate === undefined ? '' : sentence(gate.detail);
}

function schedules({ report, links }: Overview): Markup {
  if (report.schedules.length === 0) {
    return nothingYet(
      'No schedule is known yet',
      html`Offbeat reads the workflow files with the first run it hears of, or with the first planning round. Either
${evidence(links.repository, 'the repository')} has no <code>on.schedule</code> entry, or nothing has run since the App was installed.`,
    );
  }
  return table(
    'Schedules',
    [
      { head: 'Workflow' },
      { head: 'Runs at' },
      { head: 'Late: half / nine in ten', numeric: true },
      { head: 'Takes', numeric: true },
      { head: 'Succeeds', numeric: true },
      { head: 'Runs', numeric: true },
      { head: 'Newest decision' },
    ],
    report.schedules.map((schedule) => [
      html`${evidence(links.file(schedule.path), name(schedule.workflowName))}`,
      cronText(schedule.cron, cronWords(schedule.cron, schedule.timezone)),
      latenessWords(schedule.outlook),
      durationWords(schedule.outlook),
      successWords(schedule.outlook),
      schedule.runsSeen === 0
        ? '0'
        : evidence(links.runsOf(schedule.path), schedule.runsSeen.toLocaleString('en')),
      outcome(schedule),
    ]),
  );
}

const TONES = { move: 'good', held: 'wait', keep: 'plain', refused: 'plain' } as const;

function outcome(schedule: ReportSchedule): Markup {
  const tone = schedule.outcome === null ? 'plain' : TONES[schedule.outcome];
  return html`${badge(tone, outcomeWords(schedule.outcome))}${
    schedule.to === null ? EMPTY : html` ${cronText(schedule.to, cronWords(schedule.to, schedule.timezone))}`
  }<br><small>${sentence(schedule.reason)}</small>`;
}
