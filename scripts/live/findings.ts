import { terminalTable } from '../../src/render/terminal-table.ts';
import { wrapWords } from '../../src/render/wrap-output.ts';
import { FACTS, type FactId } from './facts.ts';

export type Outcome = 'confirmed' | 'refuted' | 'not seen';

export interface Finding {
  readonly id: FactId;
  readonly sentence: string;
  readonly outcome: Outcome;
  /** What GitHub did, or why nothing could be seen. */
  readonly evidence: string;
}

/** GitHub's words may be of any length and hold anything. */
const LONGEST_EVIDENCE = 300;
const NARROWEST = 40;
const WIDEST = 118;
const OUTCOME_CELLS = 11;

/** What was seen of each fact; nothing yet of any. */
export class Findings {
  readonly #found = new Map<FactId, Pick<Finding, 'outcome' | 'evidence'>>();

  confirm(id: FactId, evidence: string): void {
    this.#found.set(id, { outcome: 'confirmed', evidence });
  }

  refute(id: FactId, evidence: string): void {
    this.#found.set(id, { outcome: 'refuted', evidence });
  }

  /** Says why nothing could be seen; what was seen before stands. */
  notSeen(id: FactId, why: string): void {
    if (!this.#found.has(id)) this.#found.set(id, { outcome: 'not seen', evidence: why });
  }

  /** Confirms where `holds`, refutes where not. */
  check(id: FactId, holds: boolean, evidence: string): void {
    if (holds) this.confirm(id, evidence);
    else this.refute(id, evidence);
  }

  /** Of every fact, in their order. */
  get all(): readonly Finding[] {
    return FACTS.map(({ id, sentence }) => {
      const { outcome, evidence } = this.#found.get(id) ?? {
        outcome: 'not seen' as const,
        evidence: 'It did not come to that.',
      };
      return { id, sentence, outcome, evidence: plain(evidence) };
    });
  }
}

/** One line, without what a terminal would take for a command. */
export function plain(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= LONGEST_EVIDENCE
    ? line
    : `${characters.slice(0, LONGEST_EVIDENCE - 1).join('')}…`;
}

/** The findings as a table for a terminal of so many cells. */
export function tableOf(findings: readonly Finding[], columns = WIDEST): string {
  const cells = Math.max(NARROWEST, Math.min(columns, WIDEST) - OUTCOME_CELLS);
  const rows = findings.flatMap(({ sentence, outcome, evidence }) => {
    const lines = [...wrapWords(sentence, cells), ...wrapWords(`→ ${evidence}`, cells)];
    return lines.map((line, at) => [at === 0 ? outcome : '', line]);
  });
  const heads = [
    { head: 'outcome', right: false },
    { head: 'fact, and what was seen', right: false },
  ];
  return terminalTable(heads, rows, columns).join('\n');
}
