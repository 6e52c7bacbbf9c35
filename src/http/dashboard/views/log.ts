import type { Genes } from '../../../genes/genes.ts';
import type { LearningEvent } from '../../../strategy/strategy.ts';
import type { RepositoryState } from '../../../usecases/ports.ts';
import { paged } from './paged.ts';
import { GENE_NAMES } from './strategies.ts';

export const EVENTS_A_PAGE = 50;

/** One page (from 1) of what learning has changed, newest first. */
export function logView(
  state: RepositoryState,
  query: { readonly kind: LearningEvent['kind'] | null; readonly page: number },
) {
  const events = state.learningLog.filter(({ kind }) => query.kind === null || kind === query.kind);
  const { shown, ...place } = paged(events.toReversed(), query.page, EVENTS_A_PAGE);
  const lines = shown.map(({ at, kind, strategy, why, before, after }) => ({
    at,
    kind,
    strategy,
    why: why.replace(GENES_AT_THE_END, '.'),
    changes: changesOf(before, after),
  }));
  return { lines, kind: query.kind, ...place, all: events.length };
}

export type LogView = ReturnType<typeof logView>;
export type GeneChange = LogView['lines'][number]['changes'][number];

/** Smaller changes of a gene are not visible in four digits. */
const VISIBLE = 0.00005;

/** A reason without the changes at its end, which have a column of their own. */
const GENES_AT_THE_END = new RegExp(`: (?:(?:${GENE_NAMES.join('|')}) [\\d.]+ → [\\d.]+(?:, )?)+\\.$`);

function changesOf(before: Genes | null, after: Genes | null) {
  if (after === null) return [];
  return GENE_NAMES.filter((gene) => before === null || Math.abs(after[gene] - before[gene]) >= VISIBLE).map(
    (gene) => ({ gene, before: before?.[gene] ?? null, after: after[gene] }),
  );
}
