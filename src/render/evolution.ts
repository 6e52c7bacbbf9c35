import { z } from 'zod';
import { LearningEvent } from '../strategy/strategy.ts';
import { type Document, indented, together } from './document.ts';
import { code, joined, reason, words } from './inline.ts';
import { count } from './quantity.ts';

/** One round of evolution as the doors show it. */
export const Evolution = z.object({
  runsReplayed: z.number().int().nonnegative(),
  strategies: z.array(z.string()),
  events: z.array(LearningEvent),
});
type Evolution = z.infer<typeof Evolution>;

/** What a round of evolution tried, and why it kept or refused each child. */
export function renderEvolution(view: Evolution): Document {
  return [
    together(
      `New strategies forecast ${count(view.runsReplayed, 'past run')} anew. ${outcome(view)}`,
      indented(
        view.events.map(({ strategy, kind, why }) => words`${code(strategy)} (${kind}): ${reason(why)}`),
      ),
      words`The strategies are now ${joined(view.strategies.map(code), ', ')}.`,
    ),
  ];
}

function outcome({ events }: Evolution): string {
  const kept = events.filter(({ kind }) => kind === 'evolved').length;
  const refused = events.filter(({ kind }) => kind === 'refused').length;
  if (kept + refused === 0) return 'There is too little history to try any.';
  return kept === 0
    ? `None of ${count(refused, 'child', 'children')} was proven better, so none was kept.`
    : `${kept} kept, ${refused} refused.`;
}
