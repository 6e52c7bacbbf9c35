import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, isSeq, type YAMLMap } from 'yaml';
import { headComments } from './comments.ts';
import { plainValues, readYaml } from './document.ts';
import { pairOf } from './entries.ts';
import { isGeneratedFile } from './paths.ts';
import { lineBreakOf, lineEnd, lineStart, type Splice, startOf, withSplices } from './source-places.ts';

/** A key to be written into a map of a workflow file, such as `timeout-minutes: 30` into the map of a job. */
export interface KeyInsertion {
  /** Keys that lead to the map. */
  readonly into: readonly string[];
  readonly key: string;
  readonly value: number;
}

/**
 * The file's text with one more key before the first one of a map, every other byte as it was. The result is read
 * again and compared value by value. `null` where the map has the key already, is not written in lines of its own, or
 * where the file is generated or cannot be read.
 */
export function insertKey(path: string, text: string, { into, key, value }: KeyInsertion): string | null {
  return insertLines(path, text, { into, key, value, lines: [`${key}: ${value}`] });
}

/** A key with any value, and the lines that it is written in, without the indentation of the map. */
export interface LinesInsertion extends Pick<KeyInsertion, 'into' | 'key'> {
  readonly value: unknown;
  readonly lines: readonly string[];
  /** The key that it stands before; the first one of the map where it is missing. */
  readonly before?: string;
}

/** As `insertKey`, of a value that may take several lines. */
export function insertLines(
  path: string,
  text: string,
  { into, key, value, lines, before }: LinesInsertion,
): string | null {
  const map = editableMap(path, text, into);
  if (map === null || map.has(key)) return null;
  const line = lineOfKey(text, before === undefined ? map.items[0]?.key : pairOf(map, before)?.key);
  if (line === null) return null;
  const written = lines.map((one) => `${line.indent}${one}${lineBreakOf(text)}`).join('');
  const edited = withSplices(text, [{ start: line.start, end: line.start, text: written }]);
  return isProven(text, edited, (document) => document.setIn([...into, key], value)) ? edited : null;
}

/**
 * The file's text without some items of a list that a map has under a key, which goes with the last of them; every
 * other byte as it was, comments of the lines that go aside. `null` as of `insertKey`.
 */
export function removeItems(
  path: string,
  text: string,
  { into, key, items }: Pick<LinesInsertion, 'into' | 'key'> & { readonly items: readonly string[] },
): string | null {
  const map = editableMap(path, text, into);
  const pair = map === null ? undefined : pairOf(map, key);
  const line = lineOfKey(text, pair?.key);
  if (map === null || pair === undefined || line === null || map.items.length === 1) return null;
  const { value } = pair;
  const kept = isSeq(value) ? value.items.flatMap((one) => textOf(one, items)) : [];
  const cut = kept.length === 0 ? wholeLines(text, line.start, value) : itemsCut(text, value, kept, items);
  if (cut === null) return null;
  const edited = withSplices(text, cut);
  const change = (document: Document): void => {
    if (kept.length === 0) document.deleteIn([...into, key]);
    else document.setIn([...into, key], kept);
  };
  return isProven(text, edited, change) ? edited : null;
}

function textOf(item: unknown, without: readonly string[]): readonly string[] {
  const text = isScalar(item) ? String(item.value) : '';
  return without.includes(text) ? [] : [text];
}

function itemsCut(
  text: string,
  list: unknown,
  kept: readonly string[],
  items: readonly string[],
): readonly Splice[] | null {
  if (!isSeq(list)) return null;
  if (list.flow === true) {
    const [start, end] = list.range ?? [0, 0];
    return [{ start, end, text: `[${kept.join(', ')}]` }];
  }
  const gone = list.items.filter((item) => textOf(item, items).length === 0);
  return gone.flatMap((item) => wholeLines(text, lineStart(text, startOf(item)), item) ?? []);
}

/** From the start of a line to the end of the one in which a node ends. */
function wholeLines(text: string, start: number, node: unknown): readonly Splice[] | null {
  const last = isSeq(node) && node.flow !== true ? node.items.at(-1) : node;
  const end = isNode(last) ? last.range?.[1] : undefined;
  return end === undefined ? null : [{ start, end: lineEnd(text, end), text: '' }];
}

/** The text without a key as `insertKey` writes it, otherwise byte for byte; `null` where it does not stand so. */
export function removeKey(path: string, text: string, { into, key, value }: KeyInsertion): string | null {
  const map = editableMap(path, text, into);
  if (map === null || map.get(key) !== value) return null;
  const line = lineOfKey(text, pairOf(map, key)?.key);
  if (line === null || map.items.length === 1) return null;
  const end = text.indexOf('\n', line.start) + 1;
  if (end === 0 || text.slice(line.start, end).trim() !== `${key}: ${value}`) return null;
  const edited = withSplices(text, [{ start: line.start, end, text: '' }]);
  return isProven(text, edited, (document) => document.deleteIn([...into, key])) ? edited : null;
}

/** Whether a key of a job stands in a file with this value. */
export function hasKey(text: string, { into, key, value }: KeyInsertion): boolean {
  return readYaml(text).document?.getIn([...into, key]) === value;
}

function editableMap(path: string, text: string, into: readonly string[]): YAMLMap | null {
  const source = readYaml(text);
  const { document } = source;
  if (document === undefined || source.refusal !== undefined) return null;
  if (isGeneratedFile(path, headComments(source))) return null;
  const map = into.length === 0 ? document.contents : document.getIn(into, true);
  return isMap(map) && map.flow !== true && map.anchor === undefined ? map : null;
}

/** Where the line of a key starts, and its indentation; `null` where other text stands before the key. */
function lineOfKey(text: string, key: unknown): { readonly start: number; readonly indent: string } | null {
  const offset = isScalar(key) ? key.range?.[0] : undefined;
  if (offset === undefined) return null;
  const start = lineStart(text, offset);
  const indent = text.slice(start, offset);
  return /^ *$/.test(indent) ? { start, indent } : null;
}

/** Whether an edited text has the same values as the original after `change`. */
function isProven(text: string, edited: string, change: (document: Document) => void): boolean {
  const [wanted, found] = [readYaml(text).document, readYaml(edited)];
  if (wanted === undefined || found.document === undefined || found.refusal !== undefined) return false;
  change(wanted);
  return isDeepStrictEqual(plainValues(found.document), plainValues(wanted));
}
