import { html } from 'hono/html';
import { count } from '../../../render/quantity.ts';
import type { GeneChange, LogView } from '../views/log.ts';
import {
  badge,
  chooser,
  type Markup,
  nothingYet,
  pager,
  sentence,
  strategyLink,
  table,
  when,
} from './markup.ts';

const KINDS = ['created', 'adapted', 'evolved', 'refused', 'removed'] as const;

/** What learning has changed, and why. */
export function logPage(view: LogView, repositoryId: number): Markup {
  const path = `/repositories/${repositoryId}/log`;
  const filter = chooser(
    'Show',
    'kind',
    [{ value: '', text: 'everything' }, ...KINDS.map((kind) => ({ value: kind, text: kind }))],
    view.kind,
  );
  if (view.all === 0) {
    return html`${filter}${nothingYet(
      view.kind === null ? 'Nothing has been learned yet' : `Nothing was ${view.kind}`,
      view.kind === null
        ? 'Strategies adapt with every window of finished runs; the first change will stand here with its reason.'
        : 'Choose another kind, or everything.',
    )}`;
  }
  return html`${filter}<div id="log" data-live><p>${count(view.all, 'entry', 'entries')}, newest first.</p>
${table(
  'Learning log',
  ['When', 'What', 'Strategy', 'Genes', 'Why'],
  view.lines.map((line) => [
    when(line.at),
    badge(line.kind === 'evolved' || line.kind === 'created' ? 'good' : 'plain', line.kind),
    strategyLink(repositoryId, line.strategy),
    html`${line.changes.map(geneChange)}`,
    sentence(line.why),
  ]),
)}</div>${pager(view.kind === null ? path : `${path}?kind=${view.kind}`, view.page, view.pages)}`;
}

/** One step of a gene is a few thousandths. */
const DIGITS = 4;

function geneChange({ gene, before, after }: GeneChange): Markup {
  const from = before === null ? '' : `${before.toFixed(DIGITS)} → `;
  return html`<code>${gene}</code> <span class="change">${from}${after.toFixed(DIGITS)}</span><br>`;
}
