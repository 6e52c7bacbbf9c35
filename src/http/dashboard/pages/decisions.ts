import { html } from 'hono/html';
import { COST_PARTS } from '../../../plan/cost-parts.ts';
import type { ProposalState } from '../../../proposal/proposal.ts';
import { numeric } from '../../../render/document.ts';
import { count, percent } from '../../../render/quantity.ts';
import { utcDate } from '../../../time.ts';
import type { DecisionLine, DecisionsView } from '../views/decisions.ts';
import { badge, EMPTY, evidence, type Markup, nothingYet, pager, table, when } from './markup.ts';

export const TRIGGER_WORDS: Readonly<Record<DecisionLine['trigger'], string>> = {
  run: 'enough new runs',
  command: 'a command',
  push: 'a push',
  cli: 'the command line',
};

/** States of a proposal in which nothing good came of it. */
const TONES: Readonly<Partial<Record<ProposalState, 'plain' | 'bad'>>> = {
  'no-difference': 'plain',
  inconclusive: 'plain',
  closed: 'plain',
  superseded: 'plain',
  expired: 'plain',
  worse: 'bad',
  'rolled-back': 'bad',
};

/** What a gate that holds back says, where its name alone does not. */
const GATE_WORDS: Readonly<Record<string, string>> = {
  mode: 'the mode is not suggest',
  'open-proposal': 'a proposal is open',
};

/** Every planning round, newest first. */
export function decisionsPage(view: DecisionsView, repositoryId: number): Markup {
  const path = `/repositories/${repositoryId}/decisions`;
  if (view.all === 0) {
    return nothingYet(
      'Nothing is decided yet',
      html`Offbeat plans when it has seen enough runs. <a href="/repositories/${repositoryId}/commands">Plan now</a>
shows what it would do with what it knows.`,
    );
  }
  return html`<div id="decisions" data-live><p>${count(view.all, 'planning round')}, newest first. <b>Cost saved</b> is
the share of what ${COST_PARTS} cost here that the moves would take away; <b>sure</b> is the chance
that the least sure of them brings at least half of its gain.</p>
${table(
  'Decisions',
  [
    'Decided',
    'Because of',
    numeric('Would move'),
    numeric('Cost saved'),
    numeric('Sure'),
    'What became of it',
  ],
  view.groups.map(({ newest: line, rounds, since }) => [
    html`<a href="${path}/${line.id}">${when(line.at)}</a>${rounds === 1 ? EMPTY : sameSince(rounds, since)}`,
    TRIGGER_WORDS[line.trigger],
    `${line.moves} of ${line.schedules}`,
    percent(Math.max(0, line.benefit)),
    line.moves === 0 ? '–' : percent(line.confidence),
    outcomeOf(line),
  ]),
)}</div>${pager(path, view.page, view.pages)}`;
}

/** What became of a decision: its pull request, or the gate that held it. */
export function outcomeOf({ proposal, heldBy, held }: DecisionLine): Markup {
  if (proposal !== null) {
    const tone = TONES[proposal.state] ?? 'good';
    const state = badge(tone, `proposed, now ${proposal.state.replaceAll('-', ' ')}`);
    return html`${state} ${evidence(proposal.url, `#${proposal.pullNumber}`)}`;
  }
  if (heldBy === 'moves') return badge('plain', held === 0 ? 'no better time' : 'nothing moves');
  return heldBy === null
    ? badge('plain', 'recorded')
    : badge('wait', `held back: ${GATE_WORDS[heldBy] ?? heldBy.replaceAll('-', ' ')}`);
}

function sameSince(rounds: number, since: number): Markup {
  const day = utcDate(since);
  return html`<small>the newest of ${count(rounds, 'round')} since ${day} that would move the same</small>`;
}
