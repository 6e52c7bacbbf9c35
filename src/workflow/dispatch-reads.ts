import { isMap, isScalar, type Scalar, visit, type YAMLMap } from 'yaml';
import { either } from '../either.ts';
import type { WorldPair } from './dispatch-worlds.ts';
import type { YamlSource } from './document.ts';
import { keysOf } from './entries.ts';
import { lineAt, scheduleReadAt } from './event-schedule.ts';
import { memberReads } from './member-reads.ts';
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

/** Variables by which scripts, in any language, read values that differ on a dispatch. */
const VARIABLE = /\bGITHUB_(?:EVENT_NAME|EVENT_PATH|ACTOR_ID|ACTOR|TRIGGERING_ACTOR)\b/g;

/** Members of JavaScript's `context` that differ. */
const CONTEXT_MEMBERS = 'eventName|actor|payload';

/** A command that tells the whole environment. */
const TELLS_ALL = String.raw`(?:^|[;&|({]|\bthen|\bdo)[ \t]{0,9}(env|printenv|export -p|declare -x)[ \t]{0,9}`;
const SORTED = String.raw`(?:\|[ \t]{0,9}sort\b[^|;&>\n]{0,40})?`;
/** A file that GitHub reads or shows is no way out. */
const TO_A_FILE = String.raw`>{1,2}[ \t]{0,9}["']?(?![&>]|/dev/|\$\{?GITHUB_(?:ENV|STEP_SUMMARY)\b)[\w$./{~-]`;
const TO_A_PROGRAM = String.raw`\|[ \t]{0,9}(?:tee\b|curl\b|\.{0,2}/\w)`;

/** The whole environment, in a file or handed to another program, and not only printed. */
const ENVIRONMENT = either(
  'gm',
  new RegExp(`${TELLS_ALL}${SORTED}(?:${TO_A_FILE}|${TO_A_PROGRAM})`),
  /(?<!\b(?:console\.\w{1,9}|core\.\w{1,9})\([^\n;]{0,100})\bJSON\.stringify\(\s{0,9}(process\.env)\s{0,9}[,)]/,
  /(?<!\bprint\([^\n;]{0,100})\bjson\.dumps?\(\s{0,9}(?:dict\(\s{0,9})?(os\.environ)\b(?!\s{0,9}[.[])/,
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

/**
 * Reads in a workflow or in the `action.yml` of an action, in the order of their lines; jobs and steps that run neither
 * way are left out. `ofScripts` finds what texts read without an expression.
 */
export function readsInYaml(
  source: YamlSource,
  worlds: WorldPair,
  ofScripts: (text: string) => readonly FoundRead[] = scriptReads,
): readonly DispatchRead[] {
  const reads: DispatchRead[] = [];
  if (source.document === undefined) return reads;
  visit(source.document, {
    Map: (_, node, ancestors) => (runsNeverIn(node, keysOf(ancestors), worlds) ? visit.SKIP : undefined),
    Scalar: (_, node, ancestors) => {
      if (!isScalar(node) || typeof node.value !== 'string') return;
      const keys = keysOf(ancestors);
      if (isLabel(keys) || isHarmless(ancestors, keys)) return;
      const value = node.value.replaceAll(LOGIN_NAME, '$1user');
      const isCondition = keys.at(-1) === 'if';
      const ofScript = isCondition ? [] : ofScripts(withoutExpressions(value));
      const found = [...readsInValue(value, isCondition, worlds), ...ofScript];
      for (const { what, text } of found.slice(0, MAX_READS)) {
        reads.push({ line: lineOf(source, node, text), what });
      }
    },
  });
  return reads.toSorted((one, other) => one.line - other.line);
}

/** The keys above a job or a step. */
const RUNNABLE = /^(?:jobs\.[^.]+(?:\.steps)?|runs\.steps)$/;

/** Whether a job or step has a condition that is false in both worlds. */
function runsNeverIn(node: YAMLMap, keys: readonly string[], { schedule, dispatch }: WorldPair): boolean {
  const written = RUNNABLE.test(keys.join('.')) ? node.get('if') : undefined;
  if (typeof written !== 'string') return false;
  const [piece, ...others] = templateOf(written);
  if (piece === undefined || others.length > 0) return false;
  const condition = 'expression' in piece ? piece.expression : piece.text;
  return [schedule, dispatch].every((world) => {
    const value = evaluate(condition, world);
    return value !== undefined && truthOf(value) === false;
  });
}

/** Reads in a script of the repository. */
export function readsInScript(text: string): readonly DispatchRead[] {
  const searched = text.replaceAll(LOGIN_NAME, '$1user');
  return scriptReads(searched)
    .slice(0, MAX_READS)
    .map(({ what, at }) => ({ line: lineAt(searched, at), what }));
}

/** A read with the text by which its line is found. */
export interface FoundRead {
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

/** A read of a script, with its offset and the first line of its text. */
interface ScriptRead extends FoundRead {
  readonly at: number;
}

/** What a script reads of the event, of whoever has started the run, and of the environment. */
function scriptReads(text: string): readonly ScriptRead[] {
  const reads = [
    ...[...text.matchAll(VARIABLE)].map(({ 0: found, index: at }) => ({ what: found, at, text: found })),
    ...memberReads(text, 'context', CONTEXT_MEMBERS).map(({ name, at, text: found }) => ({
      what: `context.${name}`,
      at,
      text: found,
    })),
    ...[...text.matchAll(ENVIRONMENT)].map(({ 0: found, 1: shell, 2: script, 3: python, index: at }) => ({
      what: shell ?? script ?? python ?? found,
      at,
      text: found,
    })),
  ];
  const at = reads.length > 0 ? -1 : scheduleReadAt(text);
  if (at !== -1) reads.push({ what: 'event.schedule', at, text: text.slice(at, at + MAX_SEARCHED_FOR) });
  return reads.toSorted((one, other) => one.at - other.at);
}

/** Enough of a text to find its line by. */
const MAX_SEARCHED_FOR = 40;

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
  const [first = ''] = text.trim().split('\n');
  const at = source.text.indexOf(first.trim(), from);
  return source.position(at === -1 || at >= to ? from : at).line;
}
