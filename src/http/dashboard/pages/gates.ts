import { html } from 'hono/html';
import type { GateResult } from '../../../plan/decision.ts';
import { count } from '../../../render/quantity.ts';
import { badge, EMPTY, type Markup, nothingYet, sentence, table } from './markup.ts';

/** They say nothing where nothing would move. */
const ASKED_OF_MOVES: ReadonlySet<string> = new Set(['confidence', 'benefit']);

/** The gates that hold something back; those that are passed are folded. */
export function gateTable(gates: readonly GateResult[]): Markup {
  if (gates.length === 0) return nothingYet('No gate was asked', 'Gates are asked with each planning round.');
  const movesNothing = gates.some(({ gate, passed }) => gate === 'moves' && !passed);
  const held = gates.filter(({ gate, passed }) => !passed && !(movesNothing && ASKED_OF_MOVES.has(gate)));
  const passed = gates.filter((result) => result.passed);
  return html`${held.length === 0 ? html`<p>Nothing: every gate is passed.</p>` : rows(held, 'Gates')}${
    passed.length === 0
      ? EMPTY
      : html`<details class="card"><summary>${count(passed.length, 'gate')} passed</summary>
${rows(passed, 'Gates, passed')}</details>`
  }`;
}

function rows(gates: readonly GateResult[], caption: string): Markup {
  return table(
    caption,
    ['Gate', 'Answer', 'Why'],
    gates.map(({ gate, passed, detail }) => [
      gate.replaceAll('-', ' '),
      passed ? badge('good', 'passed') : badge('wait', 'holds back'),
      sentence(detail),
    ]),
  );
}
