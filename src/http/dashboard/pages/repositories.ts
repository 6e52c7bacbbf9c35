import { html } from 'hono/html';
import { COST_PARTS } from '../../../plan/cost-parts.ts';
import { numeric } from '../../../render/document.ts';
import { percent } from '../../../render/quantity.ts';
import { RUNS_LEARNED } from '../../../render/report-words.ts';
import type { RepositoryLine } from '../views/repositories.ts';
import { badge, EMPTY, evidence, type Markup, name, nothingYet, pager, table, when } from './markup.ts';

function badges({ private: isPrivate, leftAlone }: RepositoryLine): Markup {
  const visibility = isPrivate ? badge('plain', 'private') : EMPTY;
  return html`${visibility}${leftAlone === null ? EMPTY : badge('wait', `left alone: ${leftAlone}`)}`;
}

/** The repositories that the viewer may read. */
export function repositoriesPage(shown: {
  readonly lines: readonly RepositoryLine[];
  readonly page: number;
  readonly pages: number;
  readonly all: number;
  /** Address of GitHub's pages. */
  readonly webUrl: string;
}): Markup {
  if (shown.all === 0) {
    return nothingYet(
      'No repository to show',
      html`None of the repositories that Offbeat watches here is one that GitHub lets you read. Install the App on a
repository (its page stands under ${evidence(`${shown.webUrl}/settings/installations`, 'your installations')}), or ask
for access to one; then load this page again.`,
    );
  }
  return html`${table(
    'Repositories',
    [
      'Repository',
      numeric('Schedules'),
      numeric('Runs learned'),
      numeric('Cost saved'),
      'Decided',
      'Open proposal',
      'You may',
    ],
    shown.lines.map((line) => [
      html`<a href="/repositories/${line.id}">${name(line.fullName)}</a> ${badges(line)}`,
      String(line.schedules),
      line.runsLearned.toLocaleString('en'),
      line.benefit === null ? '–' : percent(line.benefit),
      line.decidedAt === null ? 'not yet' : when(line.decidedAt),
      line.openProposal === null ? '–' : evidence(line.openProposal.url, `#${line.openProposal.pullNumber}`),
      line.permission === 'read' ? 'look' : 'look and steer',
    ]),
  )}<p class="quietly"><b>Runs learned</b>: ${RUNS_LEARNED}. <b>Cost saved</b> is the share of what ${COST_PARTS} cost there that the newest decision
would take away.</p>${pager('/', shown.page, shown.pages)}`;
}
