import { html } from 'hono/html';
import { fileName } from '../../../render/move-words.ts';
import type { GitHubLinks } from '../views/github-links.ts';
import type { SafetyView } from '../views/safety.ts';
import { gateTable } from './gates.ts';
import { badge, EMPTY, evidence, type Markup, name, sentence, table, when } from './markup.ts';

/** Everything that can hold Offbeat back here, and what was done. */
export function safetyPage(view: SafetyView, links: GitHubLinks): Markup {
  return html`<div id="safety" data-live>
${[...view.damage, ...view.refusals].map((line) => html`<p class="alarm" role="alert">${sentence(line)}</p>`)}
<section><h2>Mode: ${view.mode.mode}</h2>
<p>${sentence(view.mode.why)} The first of these that says something is in force.</p>
${table(
  'What sets the mode',
  ['Switch', 'Says', 'In force'],
  view.switches.map(({ name: own, value, inForce }) => [
    own,
    value,
    inForce ? badge('good', 'in force') : '',
  ]),
)}</section>
<section><h2>What holds it back</h2><p>${
    view.gatesAt === null
      ? 'Gates are asked with the first planning round.'
      : html`As of the newest decision, ${when(view.gatesAt)}.`
  }</p>${gateTable(view.gates)}${
    view.snoozedUntil === null
      ? EMPTY
      : html`<p>No proposal before ${when(view.snoozedUntil)}: a maintainer has asked for quiet.</p>`
  }</section>
<section><h2>Left alone on request</h2>${
    view.leftAlone.length === 0
      ? html`<p>Nobody has asked to leave a workflow alone.</p>`
      : table(
          'Workflows left alone',
          ['Workflow', 'As', 'Since', 'By'],
          view.leftAlone.map(({ path, as, at, by }) => [
            evidence(links.file(path), html`<code>${fileName(path)}</code>`),
            as,
            when(at),
            by === null ? '–' : name(by),
          ]),
        )
  }</section>
<section><h2>What was done here</h2>${
    view.audit.length === 0
      ? html`<p>Nothing yet.</p>`
      : table(
          'Audit',
          ['When', 'Who', 'What'],
          view.audit.map(({ at, by, what, pullNumber }) => [
            when(at),
            by === null ? 'Offbeat' : name(by),
            html`${sentence(what)}${
              pullNumber === null ? EMPTY : html` ${evidence(links.pull(pullNumber), `#${pullNumber}`)}`
            }`,
          ]),
          'stacked',
        )
  }</section></div>`;
}
