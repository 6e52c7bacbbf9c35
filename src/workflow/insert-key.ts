import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, type YAMLMap } from 'yaml';
import { headComments } from './comments.ts';
import { plainValues, readYaml } from './document.ts';
import { isGeneratedFile } from './paths.ts';

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
  const map = editableMap(path, text, into);
  if (map === null || map.has(key)) return null;
  const line = lineOfKey(text, map.items[0]?.key);
  if (line === null) return null;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const edited = `${text.slice(0, line.start)}${line.indent}${key}: ${value}${lineEnd}${text.slice(line.start)}`;
  return isProven(text, edited, (document) => document.setIn([...into, key], value)) ? edited : null;
}

/** The text without a key as `insertKey` writes it, otherwise byte for byte; `null` where it does not stand so. */
export function removeKey(path: string, text: string, { into, key, value }: KeyInsertion): string | null {
  const map = editableMap(path, text, into);
  if (map === null || map.get(key) !== value) return null;
  const written = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key;
  const line = lineOfKey(text, written);
  if (line === null || map.items.length === 1) return null;
  const end = text.indexOf('\n', line.start) + 1;
  if (end === 0 || text.slice(line.start, end).trim() !== `${key}: ${value}`) return null;
  const edited = `${text.slice(0, line.start)}${text.slice(end)}`;
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
  const map = document.getIn(into, true);
  return isMap(map) && map.flow !== true && map.anchor === undefined ? map : null;
}

/** Where the line of a key starts, and its indentation; `null` where other text stands before the key. */
function lineOfKey(text: string, key: unknown): { readonly start: number; readonly indent: string } | null {
  const offset = isScalar(key) ? key.range?.[0] : undefined;
  if (offset === undefined) return null;
  const start = text.lastIndexOf('\n', offset - 1) + 1;
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
