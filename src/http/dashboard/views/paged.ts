/** One page (from 1) of a list, so many items a page: the nearest one that there is to the one asked for. */
export function paged<T>(items: readonly T[], asked: number, aPage: number) {
  const pages = Math.max(1, Math.ceil(items.length / aPage));
  const page = Math.min(Math.max(1, asked), pages);
  return { shown: items.slice((page - 1) * aPage, page * aPage), page, pages };
}
