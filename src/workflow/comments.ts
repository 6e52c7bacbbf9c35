import { isMap, isNode } from 'yaml';
import { humanPart } from './directives.ts';
import type { SourceComment, YamlSource } from './document.ts';
import { type Entry, keyOffsets, scheduleKey, triggersKey } from './entries.ts';

/** The file's comments, by the schedule they belong to. */
export interface SortedComments {
  /** Beside, within or above an entry, in the order of the entries. */
  readonly own: readonly (readonly SourceComment[])[];
  /** Comments of no entry whose directives hold for every entry: above the file's first key, above `on:`, within it. */
  readonly whole: readonly SourceComment[];
  /** The other comments of no entry: of the directives there only `pin` has an effect. */
  readonly elsewhere: readonly SourceComment[];
  /** Comments of no entry right above or beside `schedule:` or `on:`. */
  readonly above: readonly SourceComment[];
  /** The other comments of no entry that stand before the first one, mostly at the head of the file. */
  readonly head: readonly SourceComment[];
}

/** Texts of the comments above the first key of the file. */
export function headComments(source: YamlSource): string[] {
  const start = source.document?.contents?.range?.[0] ?? Number.POSITIVE_INFINITY;
  return source.comments.filter(({ offset }) => offset < start).map(({ text }) => text);
}

/** Finds the entry, if any, that each comment of the file belongs to. */
export function sortComments(source: YamlSource, entries: readonly Entry[]): SortedComments {
  const places = entries.map((entry) => entryPlace(source, entry));
  const key = scheduleKey(source.document);
  const keyLine = key === undefined ? Number.POSITIVE_INFINITY : source.placeOf(key).line;
  const own = entries.map((): SourceComment[] => []);
  const ofNoEntry: SourceComment[] = [];
  for (const comment of source.comments) {
    const owners = ownersOf(comment, places, keyLine, isLastOfBlock(source, comment));
    if (owners.length === 0) ofNoEntry.push(comment);
    for (const owner of owners) own[owner]?.push(comment);
  }
  const first = places[0]?.start ?? 0;
  const before = ofNoEntry.filter(({ offset }) => offset < first);
  const above = new Set(before.filter((comment) => isAbove(comment, before, source, keyLine)));
  const isWhole = wholeFileTest(source);
  return {
    own,
    whole: ofNoEntry.filter(isWhole),
    elsewhere: ofNoEntry.filter((comment) => !isWhole(comment)),
    above: [...above],
    head: before.filter((comment) => !above.has(comment)),
  };
}

/**
 * Tests whether a comment stands above the first key of the file, above `on:` with no other key between, beside it or
 * within its value. Below the last line of that value, one that is indented deeper than `on:` still belongs to it.
 */
function wholeFileTest({ text, document, position }: YamlSource): (comment: SourceComment) => boolean {
  const firstKey = document?.contents?.range?.[0] ?? 0;
  const on = triggersKey(document)?.range?.[0];
  if (on === undefined) return ({ offset }) => offset < firstKey;
  const onPlace = position(on);
  const nextKey = keyOffsets(document).find((offset) => offset > on) ?? Number.POSITIVE_INFINITY;
  const lines = text.split('\n');
  const isContent = (line: number): boolean => /^\s*[^\s#]/.test(lines[line - 1] ?? '');
  let lastAbove = onPlace.line - 1;
  while (lastAbove > 0 && !isContent(lastAbove)) lastAbove -= 1;
  let lastWithin = nextKey < text.length ? position(nextKey).line - 1 : lines.length;
  while (lastWithin > onPlace.line && !isContent(lastWithin)) lastWithin -= 1;
  return ({ offset, line, column }) =>
    offset < firstKey ||
    (line > lastAbove && line <= lastWithin) ||
    (line > lastWithin && offset < nextKey && column > onPlace.column);
}

/** Whether a comment stands beside `on:` or `schedule:`, or right above one of them, with but comments between. */
function isAbove(
  { line, ownLine }: SourceComment,
  comments: readonly SourceComment[],
  { document, placeOf }: YamlSource,
  keyLine: number,
): boolean {
  const onLine = document === undefined ? keyLine : placeOf(triggersKey(document)).line;
  const commented = new Set(comments.map((comment) => comment.line));
  if (line === onLine || line === keyLine) return true;
  if (!ownLine || line > keyLine) return false;
  const below = line < onLine ? onLine : keyLine;
  for (let next = line + 1; next < below; next += 1) if (!commented.has(next)) return false;
  return true;
}

/** What comments say to people, on one line; empty where they hold directives only. */
export function humanText(comments: readonly SourceComment[]): string {
  return comments
    .map(humanPart)
    .filter((text) => text !== '')
    .join(' ');
}

interface EntryPlace {
  readonly index: number;
  readonly start: number;
  readonly firstLine: number;
  readonly lastLine: number;
  /** Column of the entry's keys; deeper comments under it are still its own. `null` in brackets. */
  readonly column: number | null;
}

function entryPlace(source: YamlSource, entry: Entry): EntryPlace {
  const start = entry.node?.range?.[0] ?? 0;
  const { line, column } = source.position(start);
  return {
    index: entry.index,
    start,
    firstLine: line,
    lastLine: source.position(endOf(entry)).line,
    column: entry.flow ? null : column,
  };
}

/** Offset of the last character of the entry's last value; a block mapping's own range includes what follows it. */
function endOf(entry: Entry): number {
  const { node } = entry;
  const [start, end] = node?.range ?? [0, 0];
  if (!isMap(node) || node.flow === true) return Math.max(start, end - 1);
  const last = node.items.at(-1)?.value;
  return Math.max(start, (isNode(last) ? (last.range?.[1] ?? end) : end) - 1);
}

/** Whether nothing stands on the line below a comment that tells people something. */
function isLastOfBlock({ text }: YamlSource, comment: SourceComment): boolean {
  return humanPart(comment) !== '' && (text.split('\n', comment.line + 1)[comment.line] ?? '').trim() === '';
}

/**
 * The entries that a comment belongs to. Beside one or several: the entries of the line. On a line of its own: the
 * entry it stands in, the entry above where it is indented like that one's keys or ends the block right under it, else
 * the entry below.
 */
function ownersOf(
  comment: SourceComment,
  places: readonly EntryPlace[],
  keyLine: number,
  isLast: boolean,
): readonly number[] {
  const onLine = places.filter(
    ({ firstLine, lastLine }) => firstLine <= comment.line && comment.line <= lastLine,
  );
  if (onLine.length > 0) return onLine.map(({ index }) => index);
  const above = places.findLast(({ start }) => start < comment.offset);
  const below = places.find(({ start }) => start > comment.offset);
  if (above !== undefined && comment.ownLine && above.column !== null && comment.column >= above.column) {
    // A deeper comment far below the last entry belongs to another key of the file.
    const touching = below !== undefined || comment.line - above.lastLine === 1;
    if (touching) return [above.index];
  }
  if (below === undefined) {
    return above !== undefined && comment.ownLine && comment.line - above.lastLine === 1 && isLast
      ? [above.index]
      : [];
  }
  // Above the first entry, but not above or beside the key `schedule`.
  return above !== undefined || comment.line > keyLine ? [below.index] : [];
}
