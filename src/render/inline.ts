/**
 * Words of a document. A plain string is our own wording and is printed as it is. Text that other people wrote goes
 * into a `name`, `code`, `reason` or `sentence`, which each printer makes harmless in its own way.
 */
export type Inline =
  | string
  | number
  | { readonly kind: 'sequence'; readonly parts: readonly Inline[] }
  | { readonly kind: 'name' | 'reason' | 'code'; readonly text: string }
  | { readonly kind: 'sentence'; readonly text: string; readonly pulls: readonly number[] }
  | { readonly kind: 'strong'; readonly content: Inline }
  | { readonly kind: 'painted'; readonly style: Style; readonly content: Inline }
  /** A new line within a cell; a space in a terminal. */
  | { readonly kind: 'break' }
  | { readonly kind: 'variant'; readonly forms: Readonly<Record<Form, Inline>> };

export type Form = 'markdown' | 'terminal';

/** Colours of a terminal. Markdown has none. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

/** Text with parts of any kind in it: words`The mode is ${code(mode)}.` */
export function words(texts: TemplateStringsArray, ...parts: readonly Inline[]): Inline {
  return { kind: 'sequence', parts: texts.flatMap((text, at) => [text, parts[at] ?? '']) };
}

/** Parts with the same text between them. */
export function joined(parts: readonly Inline[], between: Inline): Inline {
  return { kind: 'sequence', parts: parts.flatMap((part, at) => (at === 0 ? [part] : [between, part])) };
}

/** Parts with a space between them. */
export function spaced(...parts: readonly Inline[]): Inline {
  return joined(parts, ' ');
}

/** `a`, `a and b`, `a, b and c`. */
export function enumeration(parts: readonly Inline[]): Inline {
  const [last = ''] = parts.slice(-1);
  return parts.length < 2 ? last : words`${joined(parts.slice(0, -1), ', ')} and ${last}`;
}

/** A name that other people chose, in one line of at most 120 code points. */
export function name(text: string): Inline {
  return { kind: 'name', text };
}

/** A reason with its figures, in which names may stand; at most 400 code points. */
export function reason(text: string): Inline {
  return { kind: 'reason', text };
}

/** A cron, a path or a command. */
export function code(text: string): Inline {
  return { kind: 'code', text };
}

/** A sentence of ours in which names of others may stand; backticks in it mark code. */
export function sentence(text: string): Inline {
  return { kind: 'sentence', text, pulls: [] };
}

/** The sentence of a gate. The pull requests of the App's own that it names become links; other numbers do not. */
export function gateSentence(gate: {
  readonly detail: string;
  readonly pulls?: readonly number[] | undefined;
}): Inline {
  return { kind: 'sentence', text: gate.detail, pulls: gate.pulls ?? [] };
}

/** Bold in Markdown. */
export function strong(content: Inline): Inline {
  return { kind: 'strong', content };
}

/** In a colour, where the terminal has colours. */
export function painted(style: Style, content: Inline): Inline {
  return { kind: 'painted', style, content };
}

/** What the two printers word differently. */
export function variant(forms: Readonly<Record<Form, Inline>>): Inline {
  return { kind: 'variant', forms };
}

/** A new line within a cell. */
export const LINE_BREAK: Inline = { kind: 'break' };
