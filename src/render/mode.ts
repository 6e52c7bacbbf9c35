import { code, type Document, paragraph, words } from './document.ts';

/** The mode in force, and why it is that one. */
export function renderMode({ mode, why }: { readonly mode: string; readonly why: string }): Document {
  return [paragraph(words`The mode is now ${code(mode)}. ${why}`)];
}
