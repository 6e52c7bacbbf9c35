/** One page (from 1) of a list. */
export interface Paged<T> {
  readonly shown: readonly T[];
  /** The nearest page that there is to the one asked for. */
  readonly page: number;
  /** At least one. */
  readonly pages: number;
}

/** One page of the items, so many a page. */
export function paged<T>(items: readonly T[], asked: number, aPage: number): Paged<T> {
  const pages = Math.max(1, Math.ceil(items.length / aPage));
  const page = Math.min(Math.max(1, asked), pages);
  return { shown: items.slice((page - 1) * aPage, page * aPage), page, pages };
}
