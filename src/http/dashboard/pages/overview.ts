import { html } from 'hono/html';
import { numeric } from '../../../render/document.ts';
import { cronWords } from '../../../render/move-words.ts';
import { renderOnTimeReport } from '../../../render/on-time-report.ts';
import { count, minutes, percent } from '../../../render/quantity.ts';
import { leadOf, type Report, type ReportSchedule } from '../../../render/report.ts';
import { durationWords, latenessWords, RUNS_LEARNED, successWords } from '../../../render/report-words.ts';
import { renderScorecard } from '../../../render/scorecard.ts';
import type { Scorecard } from '../../../scorecard/scorecard.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import { documentMarkup, inlineMarkup } from './document.ts';
import {
  cronText,
  EMPTY,
  evidence,
  type Markup,
  name,
  nothingYet,
  outcomeBadge,
  sentence,
  type Tile,
  table,
  tiles,
  when,
} from './markup.ts';
import { type Steering, steering } from './steering.ts';

export interface Overview {
  readonly repositoryId: number;
  readonly report: Report;
  readonly scorecard: Scorecard;
  readonly links: GitHubLinks;
  /** Epoch ms of the newest run; `null` before the first. */
  readonly newestRunAt: number | null;
  readonly steering: Steering;
}

/** Is it on time, what does Offbeat want, what is there to do; then every schedule. */
export function overviewPage(shown: Overview): Markup {
  const { report } = shown;
  return html`
${[...report.damage, ...report.refusals].map((line) => html`<p class="alarm" role="alert">${sentence(line)}</p>`)}
<div id="figures" data-live><p class="lead">${inlineMarkup(leadOf(report))}</p>
${tiles([onTime(report), wanted(shown), learned(shown)])}</div>
${steering(shown.steering)}
${onTimeSection(report)}
<section id="schedules" data-live><h2>Schedules</h2>${schedules(shown)}</section>
${broughtSection(shown.scorecard)}`;
}

/** The gain of the newest days in a sentence; every other figure is folded. */
function broughtSection(scorecard: Scorecard): Markup {
  const [gain = '', ...figures] = renderScorecard(scorecard);
  return html`<section id="scorecard" data-live><h2>What it has brought</h2>${documentMarkup([gain])}
<details class="card"><summary>Every measure, and its target</summary>${documentMarkup(figures)}</details></section>`;
}

function onTimeSection({ onTime: shown }: Report): Markup {
  if (shown === undefined) return EMPTY;
  return html`<section id="on-time" data-live><h2>On time</h2>${documentMarkup(renderOnTimeReport(shown))}</section>`;
}

/** The median lateness of the schedule that starts latest. */
function onTime({ schedules: all }: Report): Tile {
  const [latest] = all
    .flatMap(({ workflowName, outlook }) =>
      outlook === null ? [] : [{ workflowName, late: outlook.latenessMedianMinutes }],
    )
    .toSorted((a, b) => b.late - a.late);
  if (latest === undefined) return { label: 'On time?', value: '–', note: 'too few runs are known' };
  return {
    label: 'Most delayed schedule',
    value: `${minutes(latest.late)} late`,
    note: html`${name(latest.workflowName)}, in half of its runs or more; GitHub starts it when it has room`,
  };
}

/** The open proposal, or what a plan would bring. */
function wanted({ report, repositoryId }: Overview): Tile {
  const { decision, proposals, schedules: all } = report;
  const open = proposals.find(({ state }) => state === 'open');
  const label = 'Offbeat wants';
  if (open !== undefined) {
    return { label, value: evidence(open.url, `to merge #${open.pullNumber}`), note: changeNote(open) };
  }
  const moves = all.filter(({ outcome }) => outcome === 'move').length;
  if (decision === null || moves === 0) {
    const held = all.filter(({ outcome }) => outcome === 'held').length;
    const why = `${count(held, 'better time')} ${held === 1 ? 'is' : 'are'} held back`;
    return { label, value: 'nothing', note: held === 0 ? 'no schedule has a better time' : why };
  }
  const page = `/repositories/${repositoryId}/decisions/${decision.id}`;
  return {
    label,
    value: `to move ${count(moves, 'schedule')}`,
    note: html`<a href="${page}">${
      moves === 1 ? '' : 'the least sure of them '
    }${percent(decision.confidence)} sure to bring at least half of its gain</a>`,
  };
}

function changeNote({ moves, jobKey }: Overview['report']['proposals'][number]): Markup | string {
  if (jobKey !== undefined) return html`it writes <code>${jobKey.key}</code> of ${name(jobKey.job)}`;
  return moves === 0 ? 'it changes how workflows are started' : `moves ${count(moves, 'schedule')}`;
}

function learned({ report, newestRunAt }: Overview): Tile {
  return {
    label: 'Runs learned',
    value: report.runsLearned.toLocaleString('en'),
    note: newestRunAt === null ? 'none has come yet' : html`${RUNS_LEARNED}; newest ${when(newestRunAt)}`,
  };
}

function schedules({ report, links }: Overview): Markup {
  if (report.schedules.length === 0) {
    return nothingYet(
      'No schedule is known yet',
      html`Offbeat reads the workflow files with the first run it hears of, or with the first planning round. Either
${evidence(links.repository, 'the repository')} has no <code>on.schedule</code> entry, or nothing has run since the App
was installed.`,
    );
  }
  return table(
    'Schedules',
    [
      'Workflow',
      'Runs at',
      numeric('Late: half / nine in ten'),
      numeric('Takes'),
      numeric('Succeeds'),
      numeric('Runs'),
      'Newest decision',
    ],
    report.schedules.map((schedule) => [
      html`${evidence(links.file(schedule.path), name(schedule.workflowName))}`,
      cronText(schedule.cron, cronWords(schedule.cron, schedule.timezone)),
      latenessWords(schedule.outlook),
      durationWords(schedule),
      successWords(schedule.outlook),
      schedule.runsSeen === 0
        ? '0'
        : evidence(links.runsOf(schedule.path), schedule.runsSeen.toLocaleString('en')),
      outcome(schedule),
    ]),
  );
}

function outcome(schedule: ReportSchedule): Markup {
  return html`${outcomeBadge(schedule.outcome)}${
    schedule.to === null ? EMPTY : html` ${cronText(schedule.to, cronWords(schedule.to, schedule.timezone))}`
  }<br><small>${sentence(schedule.reason)}</small>`;
}
