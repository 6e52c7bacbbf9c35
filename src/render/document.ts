/**
 * An answer before it is printed: `toMarkdown` prints it for a comment on GitHub, `toTerminal` for a terminal.
 *
 * A plain string is our own wording and is printed as it is. Text that other people wrote goes into a `name`, `code`,
 * `reason` or `sentence`, which each printer makes harmless in its own way.
 */
export type Document = readonly Block[];

/** A printer. */
export type Form = 'markdown' | 'terminal';

export type Block =
  | { readonly kind: 'paragraph'; readonly content: Inline }
  | {
      readonly kind: 'list';
      readonly title: Inline | null;
      readonly items: readonly Item[];
      /** How a terminal marks an item. In Markdown every item has a bullet. */
      readonly mark: '- ' | '';
    }
  /** A table without rows is not shown. */
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly Row[] }
  /** Figures with their names. A terminal aligns them; Markdown has a table without a head. */
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [name: string, value: string])[] }
  /** Folded behind a summary in Markdown. A terminal shows the content alone. */
  | { readonly kind: 'details'; readonly summary: string; readonly content: Document }
  | { readonly kind: 'preformatted'; readonly text: string; readonly language: string }
  /** Blocks that a terminal shows without empty lines between them. */
  | { readonly kind: 'together'; readonly content: Document }
  /** Blocks in which a terminal never breaks a line between a figure and its unit. */
  | { readonly kind: 'unbroken'; readonly content: Document }
  /** Blocks that one printer shows and the other leaves out. */
  | { readonly kind: 'only'; readonly form: Form; readonly content: Document };

export type Inline =
  | string
  | number
  | readonly Inline[]
  | { readonly kind: 'name' | 'reason' | 'code'; readonly text: string }
  | { readonly kind: 'sentence'; readonly text: string; readonly pulls: readonly number[] }
  | { readonly kind: 'strong'; readonly content: Inline }
  | { readonly kind: 'line-break' }
  | { readonly kind: 'painted'; readonly style: Style; readonly content: Inline }
  | { readonly kind: 'variant'; readonly forms: Readonly<Record<Form, Inline>> };

/** Colours of a terminal. Markdown has none. */
export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

export type Row = readonly Inline[];

/** An item of a list, with a list of its own where it has `items`. */
export type Item = Inline | { readonly content: Inline; readonly items: readonly Item[] };

export interface Column {
  readonly head: string;
  /** The head in a terminal. Default: `head` in lower case. */
  readonly terminalHead?: string;
  /** Figures are aligned to the right. */
  readonly align?: 'right' | 'right-in-terminal';
  /** Longer cells are cut in a terminal (code points). */
  readonly max?: number;
}

/** Text with parts of any kind in it: words`The mode is ${code(mode)}.` */
export function words(texts: TemplateStringsArray, ...parts: readonly Inline[]): Inline {
  return texts.flatMap((text, at) => [text, parts[at] ?? '']);
}

/** Parts with the same text between them. */
export function joined(parts: readonly Inline[], between: Inline): Inline {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [between, part]));
}

/** `a`, `a and b`, `a, b and c`. */
export function enumeration(parts: readonly Inline[]): Inline {
  const [last = ''] = parts.slice(-1);
  return parts.length < 2 ? last : [joined(parts.slice(0, -1), ', '), ' and ', last];
}

/** A name that other people chose, in one line of at most 120 code points. */
export function name(text: string): Inline {
  return { kind: 'name', text };
}

/** A reason with its figures, in which names may stand; it may be longer than a name. */
export function reason(text: string): Inline {
  return { kind: 'reason', text };
}

/** A cron, a path, a command. */
export function code(text: string): Inline {
  return { kind: 'code', text };
}

/**
 * A sentence of ours in which names of others may stand; backticks in it mark code. `pulls` are the pull requests of
 * the App's own that it names: they become links, other numbers do not.
 */
export function sentence(text: string, pulls: readonly number[] | undefined = []): Inline {
  return { kind: 'sentence', text, pulls };
}

export function strong(content: Inline): Inline {
  return { kind: 'strong', content };
}

export const LINE_BREAK: Inline = { kind: 'line-break' };

export function painted(style: Style, content: Inline): Inline {
  return { kind: 'painted', style, content };
}

/** What the two printers word differently. */
export function variant(forms: Readonly<Record<Form, Inline>>): Inline {
  return { kind: 'variant', forms };
}

export function paragraph(content: Inline): Block {
  return { kind: 'paragraph', content };
}

/** A list; in a terminal its items stand two cells in, behind `mark`. */
export function list(
  items: readonly Item[],
  { title = null, mark = '' }: { readonly title?: Inline | null; readonly mark?: '- ' | '' } = {},
): Block {
  return { kind: 'list', title, items, mark };
}

export function table(columns: readonly (string | Column)[], rows: readonly Row[]): Block {
  return {
    kind: 'table',
    columns: columns.map((column) => (typeof column === 'string' ? { head: column } : column)),
    rows,
  };
}

/** A column of figures. */
export function numeric(head: string, terminalHead = head.toLowerCase()): Column {
  return { head, terminalHead, align: 'right' };
}

export function facts(rows: readonly (readonly [name: string, value: string])[]): Block {
  return { kind: 'facts', rows };
}

export function details(summary: string, content: Document): Block {
  return { kind: 'details', summary, content };
}

export function preformatted(text: string, language = ''): Block {
  return { kind: 'preformatted', text, language };
}

export function together(...content: Document): Block {
  return { kind: 'together', content };
}

export function unbroken(...content: Document): Document {
  return [{ kind: 'unbroken', content }];
}

export function only(form: Form, ...content: Document): Block {
  return { kind: 'only', form, content };
}

/** The blocks that a printer shows. */
export function shownIn(form: Form, document: Document): readonly Block[] {
  return document.flatMap((block) =>
    block.kind !== 'only' ? [block] : block.form === form ? shownIn(form, block.content) : [],
  );
}
