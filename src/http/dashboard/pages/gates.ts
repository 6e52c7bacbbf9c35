import type { GateResult } from '../../../plan/decision.ts';
import { badge, type Markup, nothingYet, sentence, table } from './markup.ts';

/** Gates with their answers, those that hold something back first. */
export function gateTable(gates: readonly GateResult[], caption = 'Gates'): Markup {
  if (gates.length === 0) return nothingYet('No gate was asked', 'Gates are asked with each planning round.');
  const ordered = gates.toSorted((a, b) => Number(a.passed) - Number(b.passed));
  return table(
    caption,
    [{ head: 'Gate' }, { head: 'Answer' }, { head: 'Why' }],
    ordered.map(({ gate, passed, detail }) => [
      gate.replaceAll('-', ' '),
      passed ? badge('good', 'open') : badge('wait', 'holds back'),
      sentence(detail),
    ]),
  );
}
