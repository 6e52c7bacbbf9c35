import { html } from 'hono/html';
import { fileOf } from '../../../history/run.ts';
import type { JobSetting } from '../../../proposal/proposal.ts';
import { numeric } from '../../../render/document.ts';
import { cronWords, fileName } from '../../../render/move-words.ts';
import { count } from '../../../render/quantity.ts';
import { incidentSentence } from '../../../render/verdict.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import { type FindingLine, MEASURES, type ProposalLine } from '../views/proposals.ts';
import {
  badge,
  bullets,
  cronText,
  EMPTY,
  evidence,
  type Markup,
  name,
  nothingYet,
  sentence,
  table,
  when,
} from './markup.ts';
import { figure } from './scale.ts';

const TONES: Readonly<Record<string, 'good' | 'bad' | 'wait' | 'plain'>> = {
  open: 'wait',
  watching: 'wait',
  merged: 'wait',
  improved: 'good',
  worse: 'bad',
  'rolled-back': 'bad',
};

/** Every pull request of the App, and what was measured after its merge. */
export function proposalsPage(
  lines: readonly ProposalLine[],
  links: GitHubLinks,
  repositoryId: number,
): Markup {
  if (lines.length === 0) {
    return nothingYet(
      'No proposal yet',
      html`In the mode <code>suggest</code> Offbeat opens a pull request once all gates let it. What holds it back
stands under <a href="/repositories/${repositoryId}/safety">Safety</a>.`,
    );
  }
  return html`<div id="proposals" data-live>${lines.map((line) => proposalCard(line, links, repositoryId))}</div>`;
}

function proposalCard(line: ProposalLine, links: GitHubLinks, repositoryId: number): Markup {
  const { proposal } = line;
  // What puts workflows on time is done with the merge; nothing is measured after it.
  const isDone = proposal.onTime !== undefined && proposal.state === 'merged';
  const tone = isDone ? 'good' : (TONES[proposal.state] ?? 'plain');
  const state = badge(tone, proposal.state.replaceAll('-', ' '));
  return html`<section class="card"><h2>${evidence(proposal.url, `#${proposal.pullNumber}`)} ${state}</h2>
<p>Opened ${when(proposal.openedAt)}${
    proposal.onTime === undefined && proposal.jobKey === undefined
      ? html` from <a href="/repositories/${repositoryId}/decisions/${proposal.decisionId}">this decision</a>`
      : EMPTY
  }${
    line.mergedAt === null ? EMPTY : html`, merged ${when(line.mergedAt)}`
  }${proposal.changedBy === null ? EMPTY : html` by ${name(proposal.changedBy)}`}${
    proposal.reverts === undefined ? EMPTY : html`. It takes back #${proposal.reverts}`
  }.</p>
${proposal.onTime === undefined ? proposedChange(line, links) : startedOnTime(proposal.onTime, links)}
</section>`;
}

function proposedChange(line: ProposalLine, links: GitHubLinks): Markup {
  const { jobKey, pullNumber } = line.proposal;
  const change =
    jobKey === undefined
      ? proposedMoves(line, links)
      : table(
          `Change of #${pullNumber}`,
          ['Workflow', 'Job', 'Key'],
          [[evidence(links.runsOf(jobKey.path), name(jobKey.path)), name(jobKey.job), keyText(jobKey)]],
        );
  return html`${change}
${measured(line, links)}`;
}

function keyText({ key, value }: JobSetting): Markup {
  return html`<code>${key}: ${value}</code>`;
}

/** How each workflow is started after the merge. */
function startedOnTime(changes: NonNullable<ProposalLine['proposal']['onTime']>, links: GitHubLinks): Markup {
  return table(
    'Who starts the workflows',
    ['Workflow', 'On time', 'Net'],
    changes.map(({ path, to, net }) => [
      evidence(links.runsOf(path), name(fileName(path))),
      to,
      to === 'punctual' ? NET_WORDS[net] : '',
    ]),
  );
}

const NET_WORDS = { own: 'own workflow', cron: 'its own cron', none: 'none' } as const;

function proposedMoves({ proposal, moves }: ProposalLine, links: GitHubLinks): Markup {
  return table(
    `Moves of #${proposal.pullNumber}`,
    ['Workflow', 'From', 'To'],
    moves.map((move) => [
      evidence(links.runsOf(move.path), name(move.name)),
      cronText(move.from, cronWords(move.from, move.timezone)),
      cronText(move.to, cronWords(move.to, move.timezone)),
    ]),
  );
}

function measured({ proposal, verdict, ...line }: ProposalLine, links: GitHubLinks): Markup {
  return html`${
    verdict === null
      ? html`<p class="quietly">${
          line.mergedAt === null
            ? 'What it changes is measured after the merge.'
            : 'Nothing can be said of it yet: runs are being watched.'
        }</p>`
      : html`<h3>Verdict: ${verdict.kind.replaceAll('-', ' ')}</h3><p>As of ${when(verdict.at)}${
          verdict.by === null ? EMPTY : html`, decided by the ${MEASURES[verdict.by].words}`
        }.</p>
${verdict.incidents === undefined ? EMPTY : html`<p>${incidentSentence(verdict)}</p>`}
${bullets(verdict.missing.map(sentence))}
${line.findings.length === 0 ? EMPTY : findings(line.findings, proposal.pullNumber, links)}`
  }`;
}

function findings(lines: readonly FindingLine[], pullNumber: number, links: GitHubLinks): Markup {
  return table(
    `Measured after #${pullNumber}`,
    [
      'Measured',
      numeric('Before'),
      numeric('Expected without it'),
      numeric('After'),
      numeric('Evidence for better'),
      numeric('Evidence for worse'),
      'Runs',
    ],
    lines.map((line) => {
      const { words, unit } = MEASURES[line.measure];
      return [
        html`${name(line.name)}: ${words}`,
        figure(line.before, unit),
        figure(line.expected, unit),
        figure(line.after, unit),
        odds(line.againstNotBetter),
        odds(line.againstNotWorse),
        evidence(
          links.runsOf(fileOf(line.key)),
          `${line.runsBefore} before, ${count(line.runsAfter, 'run')} after`,
        ),
      ];
    }),
  );
}

/** An e-value as a bet: how many times over somebody would have multiplied their stake. */
function odds(value: number): string {
  return value < 10 ? `${value.toFixed(1)}×` : `${value < 1_000 ? value.toFixed(0) : 'over 1000'}×`;
}
