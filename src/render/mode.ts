import type { Document } from './document.ts';
import { code, words } from './inline.ts';

export function renderMode({ mode, why }: { readonly mode: string; readonly why: string }): Document {
  return [words`The mode is now ${code(mode)}. ${why}`];
}
