import { type Document, list } from './document.ts';
import { gateSentence, sentence, words } from './inline.ts';

export interface AppliedView {
  readonly sentence: string;
  readonly pull: { readonly number: number; readonly url: string } | null;
  readonly held: readonly { readonly detail: string; readonly pulls?: readonly number[] | undefined }[];
}

/** What became of a suggestion that somebody wants applied. */
export function renderApplied({ sentence: said, pull, held }: AppliedView): Document {
  if (pull !== null) {
    return [words`#${pull.number}: ${sentence(said)} Merging it is up to you: ${pull.url}`];
  }
  return [words`Not proposed: ${sentence(said)}`, list(held.map(gateSentence))];
}
