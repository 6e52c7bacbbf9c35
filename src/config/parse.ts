import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { z } from 'zod';
import { suggestWord } from '../nearest-word.ts';
import { schemaDemand } from '../schema-problem.ts';
import { type Place, plainValues, readYaml, shorten, type YamlSource } from '../workflow/document.ts';
import { Config, WorkflowRules } from './config.ts';
import { mergeConfig } from './merge.ts';
import { ConfigInvalidError, type ConfigProblem, MOST_PROBLEMS } from './problem.ts';

export const CONFIG_PATH = '.github/offbeat.yml';
/** Where some people put the file. Offbeat does not read it: that would cost every repository without one a request. */
export const UNREAD_CONFIG_PATH = '.github/offbeat.yaml';

const NO_MAPPING = 'The file is not a mapping; write keys and values, such as `mode: observe`.';

/** The values of a config file, checked, without defaults; `_extends` names the file that is read before this one. */
export type RawConfig = z.input<typeof Config>;

/** One config file on its own, defaults filled in. Throws `config-invalid` with the problems of the file. */
export function parseConfig(text: string, path: string = CONFIG_PATH): Config {
  return resolveConfig([parseConfigText(text, path)]);
}

/** The values of one file, checked, without defaults. Throws `config-invalid` with the problems of the file. */
export function parseConfigText(text: string, path: string = CONFIG_PATH): RawConfig {
  const source = readYaml(text);
  if (source.refusal !== undefined) throw unreadable(path, source.refusal.sentence);
  const { document } = source;
  // An empty file, or one with comments only, is valid.
  const value = document === undefined ? null : (plainValues(document) ?? null);
  const raw = value === null ? {} : value;
  const checked = Config.safeParse(raw);
  if (checked.success && isRaw(raw)) return raw;
  const issues = (checked.error?.issues ?? []).flatMap(oneForEachKey).slice(0, MOST_PROBLEMS);
  const [first, ...others] = issues
    .map((issue) => problemOf(source, issue))
    .sort((one, other) => one.line - other.line || one.column - other.column);
  if (first === undefined) throw unreadable(path, NO_MAPPING);
  throw new ConfigInvalidError(path, [first, ...others], checked.error);
}

/** Merges the values of files, the most general first, and fills in defaults. An empty list is the default config. */
export function resolveConfig(raws: readonly RawConfig[]): Config {
  return Config.parse(raws.reduce<unknown>(mergeConfig, {}));
}

/** Where a key of a config text stands (1-based); for a missing path, where its deepest existing part stands. */
export function placeOfKey(text: string, keys: readonly string[]): Place {
  return placeOf(readYaml(text), keys, 'key');
}

function isRaw(value: unknown): value is RawConfig {
  return typeof value === 'object' && value !== null;
}

function unreadable(path: string, sentence: string): ConfigInvalidError {
  const place = /^Line (\d+), column (\d+): /.exec(sentence);
  return new ConfigInvalidError(path, [
    {
      line: Number(place?.[1] ?? 1),
      column: Number(place?.[2] ?? 1),
      sentence: sentence.slice(place?.[0].length ?? 0),
      fix: 'Until then Offbeat plans nothing here.',
    },
  ]);
}

/** Splits an issue about several keys into one for each key. */
function oneForEachKey(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => ({ ...issue, keys: [key] })) : [issue];
}

function problemOf(source: YamlSource, issue: z.core.$ZodIssue): ConfigProblem {
  const keys = issue.path.map(String);
  const named = keys.length === 0 ? 'The file' : `"${shorten(keys.join('.'))}"`;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    return {
      ...placeOf(source, [...keys, key], 'key'),
      sentence: `"${shorten([...keys, key].join('.'))}" is not a key that Offbeat knows.`,
      fix: fixForKey(key, knownKeys(keys)),
    };
  }
  const place = placeOf(source, keys, 'value');
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const oneOf = `Write one of ${values.join(', ')}.`;
    const suggested = suggestWord(textAt(source, keys), values);
    return {
      ...place,
      sentence: `${named} has a value that Offbeat does not know.`,
      fix: suggested === undefined ? oneOf : `${suggested} ${oneOf}`,
    };
  }
  if (issue.code === 'custom' && typeof issue.params?.sentence === 'string') {
    return { ...place, sentence: issue.params.sentence, fix: issue.message };
  }
  return { ...place, sentence: `${named} ${faultOf(issue.code)}.`, fix: fixOf(issue) };
}

function faultOf(code: z.core.$ZodIssue['code']): string {
  if (code === 'invalid_type' || code === 'invalid_union') return 'has the wrong kind of value';
  return code === 'too_small' || code === 'too_big' ? 'is out of range' : 'cannot be understood';
}

function fixOf(issue: z.core.$ZodIssue): string {
  const demand = schemaDemand(issue);
  if ('hint' in demand) return demand.hint;
  return `Write ${demand.must === 'text' ? 'a text, in quotes' : demand.must}.`;
}

function fixForKey(key: string, known: readonly string[]): string {
  return suggestWord(key, known) ?? `Known keys here are ${known.join(', ')}.`;
}

const SECTIONS = ['weights', 'runners', 'commands', 'pull-request'] as const;

/** The keys allowed at a place of the file. */
function knownKeys(keys: readonly string[]): string[] {
  if (keys[0] === 'workflows' && keys.length === 2) return Object.keys(WorkflowRules.shape);
  const section = SECTIONS.find((name) => name === keys[0]);
  return Object.keys(section === undefined ? Config.shape : Config.shape[section].unwrap().shape);
}

/** The text of the value at a path; empty where it is none. */
function textAt(source: YamlSource, keys: readonly string[]): string {
  const value: unknown = source.document?.getIn(keys);
  return typeof value === 'string' ? value : '';
}

/** Where the `value` or the `key` at a path stands; for a missing path, where its deepest existing part stands. */
function placeOf(source: YamlSource, keys: readonly string[], part: 'key' | 'value'): Place {
  const contents = source.document?.contents;
  let node: Node | undefined = isNode(contents) ? contents : undefined;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, key] of keys.entries()) {
    if (isSeq(node)) {
      const item: unknown = node.items[Number(key)];
      node = isNode(item) ? item : undefined;
    } else if (isMap(node)) {
      const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === key);
      const keyOffset = isNode(pair?.key) ? pair.key.range?.[0] : undefined;
      if (keyOffset !== undefined) offset = keyOffset;
      if (part === 'key' && depth === keys.length - 1) break;
      node = isNode(pair?.value) ? pair.value : undefined;
    }
    offset = node?.range?.[0] ?? offset;
  }
  return source.position(offset);
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}
