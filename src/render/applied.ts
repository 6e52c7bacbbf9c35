import { z } from 'zod';
import { GateResult } from '../plan/decision.ts';
import { type Document, list } from './document.ts';
import { gateSentence, sentence, words } from './inline.ts';

/** What became of a suggestion that somebody wants applied. */
export const Applied = z.object({
  path: z.string(),
  /** What the suggestion says. */
  sentence: z.string(),
  /** The pull request that carries it; `null` where a gate held it back. */
  pull: z.object({ number: z.number().int(), url: z.string() }).nullable(),
  /** The gates that hold it back. */
  held: z.array(GateResult),
});

export function renderApplied({ sentence: said, pull, held }: z.infer<typeof Applied>): Document {
  if (pull !== null) {
    return [words`#${pull.number}: ${sentence(said)} Merging it is up to you: ${pull.url}`];
  }
  return [words`Not proposed: ${sentence(said)}`, list(held.map(gateSentence))];
}
