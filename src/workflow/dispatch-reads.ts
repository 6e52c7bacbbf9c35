import { isMap, isScalar, type Scalar, visit } from 'yaml';
import { either } from '../either.ts';
import type { WorldPair } from './dispatch-worlds.ts';
import type { YamlSource } from './document.ts';
import { keysOf } from './entries.ts';
import { lineAt } from './event-schedule.ts';
import { evaluate, templateOf, textOf, truthOf, type Value, type World } from './partial-evaluation.ts';

/*
 * Places where a workflow, or a file that it runs, reads a value that differs on a dispatch. An expression counts only
 * where its result may differ. A script counts as soon as it names such a value: scripts are searched, not parsed.
 */

/** A place whose meaning a dispatch may change. */
export interface DispatchRead {
  /** 1-based. */
  readonly line: number;
  /** What is read, as it is written in expressions or scripts. */
  readonly what: string;
}

/** Names by which scripts, in any language, read values that differ on a dispatch. */
const SCRIPT_READ = either(
  'g',
  /\bGITHUB_(?:EVENT_NAME|EVENT_PATH|ACTOR_ID|ACTOR|TRIGGERING_ACTOR)\b/,
  /\bcontext\s*\??\.\s*(?:eventName|actor|payload)\b/,
  /\b(?:eventName|payload|actor)\b[^;{}]{0,200}\}\s*=\s*(?:\w+\s*\.\s*)?context\b/,
);

/** The user name of a registry login. A registry takes any name with the job's token, so a changed name is harmless. */
const LOGIN_NAME =
  /(\blogin\b[^\n]{0,200}?(?:-u|--username)[ =]["']?)(?:\$\{\{\s*github\.actor\s*\}\}|\$\{?GITHUB_ACTOR\}?)/g;

/** Actions that log in to a registry; their input `username` is harmless too. */
const LOGIN_ACTION = /^docker\/login-action@/;

/** A script that only prints, so that nothing depends on the values in it. */
const PRINTS_ONLY = /^\s*(?:(?:echo|printf)[ \t][^\n`|>;&]*(?:\n\s*|$))+$/;

/** Most reads that are reported for one value: each costs a search for its line. */
const MAX_READS = 20;

/** Reads in a workflow or in the `action.yml` of an action, in the order of their lines. */
export function readsInYaml(source: YamlSource, worlds: WorldPair): readonly DispatchRead[] {
  const reads: DispatchRead[] = [];
  if (source.document === undefined) return reads;
  visit(source.document, {
    Scalar: (_, node, ancestors) => {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      const keys = keysOf(ancestors);
      if (isLabel(keys) || isHarmless(ancestors, keys)) return;
      const value = node.value.replaceAll(LOGIN_NAME, '$1user');
      const found = [...readsInValue(value, keys.at(-1) === 'if', worlds), ...namesIn(value)];
      for (const { what, text } of found.slice(0, MAX_READS)) {
        reads.push({ line: lineOf(source, node, text), what });
      }
    },
  });
  return reads.toSorted((one, other) => one.line - other.line);
}

/** Reads in a script of the repository. */
export function readsInScript(text: string): readonly DispatchRead[] {
  const searched = text.replaceAll(LOGIN_NAME, '$1user');
  return [...searched.matchAll(SCRIPT_READ)].map((found) => ({
    line: lineAt(searched, found.index),
    what: found[0],
  }));
}

/** A read with the text by which its line is found. */
interface FoundRead {
  readonly what: string;
  readonly text: string;
}

function readsInValue(value: string, condition: boolean, worlds: WorldPair): readonly FoundRead[] {
  const pieces = templateOf(value);
  const hasExpression = pieces.some((piece) => 'expression' in piece);
  if (condition && !hasExpression) return readIn(value, true, worlds);
  const alone = pieces.length === 1;
  return pieces.flatMap((piece) =>
    'expression' in piece ? readIn(piece.expression, condition && alone, worlds) : [],
  );
}

function readIn(expression: string, condition: boolean, worlds: WorldPair): readonly FoundRead[] {
  const today = evaluate(expression, worlds.schedule);
  const dispatched = evaluate(expression, worlds.dispatch);
  if (today === undefined || dispatched === undefined) return [];
  if (condition && truthOf(today) !== undefined && truthOf(today) === truthOf(dispatched)) return [];
  if (textOf(today) === textOf(dispatched)) return [];
  return [{ what: differingPath(expression, worlds) ?? expression.trim(), text: expression }];
}

/** The first name in an expression whose value differs. */
function differingPath(expression: string, { schedule, dispatch }: WorldPair): string | undefined {
  let found: string | undefined;
  const watching: World = {
    valueOf: (path) => {
      const today = schedule.valueOf(path);
      const written = path.map((name) => name ?? '*').join('.');
      if (textOf(today) !== textOf(dispatch.valueOf(path))) found ??= written;
      // A symbol keeps the evaluation going through all operands.
      return { symbol: written } satisfies Value;
    },
  };
  evaluate(expression, watching);
  return found;
}

function namesIn(value: string): readonly FoundRead[] {
  return [...value.matchAll(SCRIPT_READ)].map(([text]) => ({ what: text, text }));
}

const LABEL = either(
  '',
  /^(?:jobs\.[^.]+\.)?(?:name|concurrency(?:\.(?:group|cancel-in-progress))?)$/,
  /^run-name$|^(?:jobs\.[^.]+|runs)\.steps\.name$/,
);

/** Whether the keys lead to a name of a run, job or step, or to a concurrency group, which `sharedGroups` checks. */
function isLabel(keys: readonly string[]): boolean {
  return LABEL.test(keys.join('.'));
}

/** The user name of a registry login, and a variable or command that is only printed. */
function isHarmless(ancestors: readonly unknown[], keys: readonly string[]): boolean {
  const step = ancestors.findLast((one) => isMap(one) && (one.has('run') || one.has('uses')));
  if (!isMap(step)) return false;
  const uses = step.get('uses');
  if (keys.at(-2) === 'with' && keys.at(-1) === 'username' && typeof uses === 'string')
    return LOGIN_ACTION.test(uses);
  const run = step.get('run');
  const isOwn = keys.at(-2) === 'env' || keys.at(-1) === 'run';
  return isOwn && typeof run === 'string' && PRINTS_ONLY.test(withoutExpressions(run));
}

/** Expressions hold signs of their own, such as `||`. */
function withoutExpressions(script: string): string {
  return templateOf(script)
    .map((piece) => ('text' in piece ? piece.text : 'x'))
    .join('');
}

function lineOf(source: YamlSource, node: Scalar, text: string): number {
  const [from, to] = node.range ?? [0, 0];
  const at = source.text.indexOf(text.trim(), from);
  return source.position(at === -1 || at >= to ? from : at).line;
}
