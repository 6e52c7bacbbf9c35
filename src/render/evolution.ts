import type { LearningEvent } from '../strategy/strategy.ts';
import { code, inlineReason } from './markdown.ts';
import { count } from './quantity.ts';

/** One round of evolution as the doors show it. */
export interface EvolutionView {
  readonly runsReplayed: number;
  readonly strategies: readonly string[];
  readonly events: readonly LearningEvent[];
}

/** What a round of evolution tried and why it kept or refused each child, as a comment. */
export function renderEvolutionMarkdown(view: EvolutionView): string {
  const lines = view.events.map(
    ({ strategy, kind, why }) => `- ${code(strategy)} (${kind}): ${inlineReason(why)}`,
  );
  return [
    `New strategies forecast ${count(view.runsReplayed, 'past run')} anew. ${verdict(view)}`,
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
    `The population is now ${view.strategies.map(code).join(', ')}.`,
  ].join('\n\n');
}

/** The same for a terminal. */
export function renderEvolutionText(view: EvolutionView): string {
  return [
    `New strategies forecast ${count(view.runsReplayed, 'past run')} anew. ${verdict(view)}`,
    ...view.events.map(({ strategy, kind, why }) => `  ${strategy} (${kind}): ${why}`),
    `Population: ${view.strategies.join(', ')}`,
  ].join('\n');
}

function verdict({ events }: EvolutionView): string {
  const kept = events.filter(({ kind }) => kind === 'evolved').length;
  const refused = events.filter(({ kind }) => kind === 'refused').length;
  if (kept + refused === 0) return 'There is too little history to try any.';
  return kept === 0
    ? `None of ${count(refused, 'child', 'children')} was proven better, so none was kept.`
    : `${kept} kept, ${refused} refused.`;
}
