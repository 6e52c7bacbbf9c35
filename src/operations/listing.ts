import { z } from 'zod';
import { type Document, table } from '../render/document.ts';
import { code, name } from '../render/inline.ts';
import { count } from '../render/quantity.ts';
import { wholeNumber } from './bounded.ts';
import type { Door } from './operation.ts';

/** Doors of long lists, which are for programs and operators. In a comment, `/report` shows the same in fewer words. */
export const LISTING_DOORS: readonly Door[] = ['cli', 'api'];

/** Entries on a page, as in GitHub's API. */
const PER_PAGE = 30;
const MOST_PER_PAGE = 100;
/** Highest page, far more than any list has. */
const LAST_PAGE = 1_000_000;

/** Input fields of an operation that answers with one page of a list. */
export const paging = {
  page: wholeNumber(1, LAST_PAGE).default(1).describe('Which page, counted from 1, newest first.'),
  perPage: wholeNumber(1, MOST_PER_PAGE).default(PER_PAGE).describe('Entries on a page, at most 100.'),
};

interface Paging {
  readonly page: number;
  readonly perPage: number;
}

/** Where a page stands in its list; an operation's output adds the entries. */
export const Page = z.object({
  page: z.number().int(),
  per_page: z.number().int(),
  total: z.number().int(),
});

export function placeOf(list: readonly unknown[], { page, perPage }: Paging): z.infer<typeof Page> {
  return { page, per_page: perPage, total: list.length };
}

/** One page of a list, newest entry first; the list itself has its newest entry last. */
export function pageOf<T>(list: readonly T[], { page, perPage }: Paging): T[] {
  const end = list.length - (page - 1) * perPage;
  return end <= 0 ? [] : list.slice(Math.max(0, end - perPage), end).reverse();
}

/** One page of a list as text cells; the first cell of a row names its entry. */
interface Listing {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Entries on all pages. */
  readonly total: number;
  /** What one entry is called, and several where that is not the same word with an s. */
  readonly one: string;
  readonly many?: string;
}

/** Most code points of a cell in a terminal. */
const CELL_WIDTH = 80;

/** A page of a list as a table, and how many entries there are in all. */
export function renderListing({ heads, rows, total, one, many }: Listing): Document {
  const all = `${count(total, one, many)} in all`;
  if (rows.length === 0) return [`${all}${total === 0 ? '' : ', none on this page'}.`];
  return [
    table(
      heads.map((head) => ({ head, max: CELL_WIDTH })),
      rows.map(([first = '', ...others]) => [code(first), ...others.map(name)]),
    ),
    `${all}.`,
  ];
}
