import type { GateResult } from '../plan/decision.ts';
import { sentence } from './markdown.ts';

/** What `sentence` makes of a reference to an issue: shown, and no link. */
const INERT_REFERENCE = /\\#&#8203;(\d+)/g;

/** A gate's sentence as Markdown. Pull requests of the App's own stay links; a `#1` in somebody's file name is none. */
export function gateSentence({ detail, pulls = [] }: Pick<GateResult, 'detail' | 'pulls'>): string {
  return sentence(detail).replace(INERT_REFERENCE, (inert, number: string) =>
    pulls.includes(Number(number)) ? `#${number}` : inert,
  );
}
