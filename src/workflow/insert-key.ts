import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar } from 'yaml';
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
  const source = readYaml(text);
  const { document } = source;
  if (document === undefined || source.refusal !== undefined) return null;
  if (isGeneratedFile(path, headComments(source))) return null;
  const map = document.getIn(into, true);
  if (!isMap(map) || map.flow === true || map.anchor !== undefined || map.has(key)) return null;
  const first = map.items[0]?.key;
  const offset = isScalar(first) ? first.range?.[0] : undefined;
  if (offset === undefined) return null;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const indent = text.slice(lineStart, offset);
  if (!/^ *$/.test(indent)) return null;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const edited = `${text.slice(0, lineStart)}${indent}${key}: ${value}${lineEnd}${text.slice(lineStart)}`;
  const after = readYaml(edited);
  if (after.document === undefined || after.refusal !== undefined) return null;
  document.setIn([...into, key], value);
  return isDeepStrictEqual(plainValues(after.document), plainValues(document)) ? edited : null;
}
