import type { Form, Inline } from './inline.ts';

/** An answer before it is printed: `toMarkdown` prints it for a comment on GitHub, `toTerminal` for a terminal. */
export type Document = readonly Block[];

export type Block =
  /** A paragraph. An empty one is not shown. */
  | Inline
  | { readonly kind: 'heading'; readonly text: string }
  | {
      readonly kind: 'list';
      readonly title: Inline;
      readonly items: readonly Item[];
      /** How a terminal marks an item. In Markdown every item has a bullet. */
      readonly mark: '- ' | '';
    }
  /** A table without rows is not shown. */
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly Row[] }
  /** Folded behind a summary in Markdown. A terminal shows the summary as a heading. */
  | { readonly kind: 'details'; readonly summary: string; readonly content: Document }
  | { readonly kind: 'preformatted'; readonly text: string; readonly language: string }
  /** Blocks that a terminal shows without empty lines between them. */
  | { readonly kind: 'together'; readonly content: Document }
  /** Blocks that one printer shows and the other leaves out. */
  | { readonly kind: 'only'; readonly form: Form; readonly content: Document };

export type Row = readonly Inline[];

/** An item of a list, with a list of its own where it has `items`. */
export type Item = Inline | { readonly content: Inline; readonly items: readonly Item[] };

export interface Column {
  readonly head: string;
  /** Figures are aligned to the right. */
  readonly align?: 'right';
  /** Longer cells are cut in a terminal (code points). */
  readonly max?: number;
}

/** A heading within an answer. */
export function heading(text: string): Block {
  return { kind: 'heading', text };
}

/** A list with a dash before each item; an empty item is left out. */
export function list(items: readonly Item[]): Block {
  return { kind: 'list', title: '', items: items.filter((item) => item !== ''), mark: '- ' };
}

/** A list that a terminal shows two cells in, without dashes, below its title where it has one. */
export function indented(items: readonly Item[], title: Inline = ''): Block {
  return { kind: 'list', title, items, mark: '' };
}

/** A table; a column that is a string is its head. */
export function table(columns: readonly (string | Column)[], rows: readonly Row[]): Block {
  const full = columns.map((column) => (typeof column === 'string' ? { head: column } : column));
  return { kind: 'table', columns: full, rows };
}

export function numeric(head: string): Column {
  return { head, align: 'right' };
}

export function numerics(...heads: readonly string[]): readonly Column[] {
  return heads.map(numeric);
}

/** Content that is folded behind a summary. Nothing where there is no content. */
export function details(summary: string, ...content: Document): Block {
  return { kind: 'details', summary, content };
}

/** Text that is shown as it stands; `language` colours it on GitHub. */
export function preformatted(text: string, language = ''): Block {
  return { kind: 'preformatted', text, language };
}

/** Blocks that a terminal shows without empty lines between them. */
export function together(...content: Document): Block {
  return { kind: 'together', content };
}

/** Blocks that one printer shows and the other leaves out. */
export function only(form: Form, ...content: Document): Block {
  return { kind: 'only', form, content };
}
