/** How an expression uses `github.event.schedule`. */
export type ScheduleUse =
  /** Compared with a string: if the string is changed with the cron, the meaning stays. */
  | { readonly kind: 'compared'; readonly literal: string; readonly start: number }
  /** Only tested for a value: every cron gives the same result. */
  | { readonly kind: 'tested' }
  /** The value is passed on, so its use is unknown. */
  | { readonly kind: 'flows' };

type Token =
  | { readonly kind: 'string'; readonly literal: string; readonly start: number }
  /** A chain of names in lower case (GitHub ignores case); `null` is an index that is not a constant. */
  | { readonly kind: 'reference'; readonly parts: readonly (string | null)[] }
  | { readonly kind: 'sign'; readonly sign: string };

const EQUALITY: ReadonlySet<string> = new Set(['==', '!=']);
const COMPARISON: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

const BLANK = /\s+/y;
const STRING = /'([^']*(?:''[^']*)*)'/y;
const NAME = /[A-Za-z_][\w-]*/y;
const MEMBER = /\s*\.\s*([A-Za-z_][\w-]*|\*)/y;
const CONSTANT_INDEX = /\s*\[\s*'([^']*(?:''[^']*)*)'\s*\]/y;
const OPEN_INDEX = /\s*\[/y;
const SIGN = /==|!=|<=|>=|&&|\|\||[\s\S]/y;

const EXPRESSION_START = '${{';
const EXPRESSION_END = '}}';

/**
 * Every use of `github.event.schedule` in a value of a workflow file. A `condition` (`if:`) is an expression as
 * a whole when it has no `${{ }}`. `start` is the offset of the literal's opening quote in the value.
 */
export function scheduleUsesIn(value: string, condition: boolean): ScheduleUse[] {
  if (condition && !value.includes(EXPRESSION_START)) {
    return usesOf(tokensOf(value, 0).tokens, true);
  }
  const uses: ScheduleUse[] = [];
  let from = value.indexOf(EXPRESSION_START);
  while (from !== -1) {
    const { tokens, end } = tokensOf(value, from + EXPRESSION_START.length);
    uses.push(...usesOf(tokens, condition));
    from = value.indexOf(EXPRESSION_START, end);
  }
  return uses;
}

function tokensOf(value: string, from: number): { readonly tokens: readonly Token[]; readonly end: number } {
  const tokens: Token[] = [];
  let at = from;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(value);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  while (at < value.length && !value.startsWith(EXPRESSION_END, at)) {
    if (take(BLANK) !== null) continue;
    const start = at;
    const string = take(STRING);
    if (string !== null) {
      tokens.push({ kind: 'string', literal: string[1] ?? '', start });
      continue;
    }
    const name = take(NAME);
    if (name === null) {
      tokens.push({ kind: 'sign', sign: take(SIGN)?.[0] ?? '' });
      continue;
    }
    const parts: (string | null)[] = [name[0].toLowerCase()];
    for (;;) {
      const next = take(MEMBER) ?? take(CONSTANT_INDEX);
      if (next === null) break;
      parts.push((next[1] ?? '').toLowerCase());
    }
    // The index is read as tokens of its own, as it may hold the schedule.
    OPEN_INDEX.lastIndex = at;
    if (OPEN_INDEX.test(value)) parts.push(null);
    tokens.push({ kind: 'reference', parts });
  }
  return { tokens, end: at };
}

function usesOf(tokens: readonly Token[], condition: boolean): ScheduleUse[] {
  const uses: ScheduleUse[] = [];
  const truthOnly = condition && !hasCallOrComparedGroup(tokens);
  tokens.forEach((token, at) => {
    if (token.kind !== 'reference' || !mayBeSchedule(token.parts)) return;
    uses.push(isSchedule(token.parts) ? useAt(tokens, at, truthOnly) : { kind: 'flows' });
  });
  return uses;
}

function isSchedule(parts: readonly (string | null)[]): boolean {
  return parts.length === 3 && mayBeSchedule(parts);
}

/**
 * The schedule itself, something below it, or an index into the event that may be it. Whole dumps of the event or of
 * `github` are allowed: people print them to debug.
 */
function mayBeSchedule([context, event, key]: readonly (string | null)[]): boolean {
  if (context !== 'github' || event === undefined) return false;
  if (event === null || event === '*') return true;
  return event === 'event' && (key === 'schedule' || key === null || key === '*');
}

function useAt(tokens: readonly Token[], at: number, truthOnly: boolean): ScheduleUse {
  const before = signAt(tokens, at - 1);
  const after = signAt(tokens, at + 1);
  if (EQUALITY.has(after) && !COMPARISON.has(before) && before !== '!') {
    if (COMPARISON.has(signAt(tokens, at + 3))) return { kind: 'flows' };
    return comparedWith(tokens[at + 2]);
  }
  if (EQUALITY.has(before) && !COMPARISON.has(after)) {
    const beyond = signAt(tokens, at - 3);
    if (COMPARISON.has(beyond) || beyond === '!') return { kind: 'flows' };
    return comparedWith(tokens[at - 2]);
  }
  if (COMPARISON.has(before) || COMPARISON.has(after)) return { kind: 'flows' };
  if (before === '!' || after === '&&') return { kind: 'tested' };
  const stands = ['', '(', '&&', '||'].includes(before) && ['', ')', '||'].includes(after);
  return truthOnly && stands ? { kind: 'tested' } : { kind: 'flows' };
}

function comparedWith(token: Token | undefined): ScheduleUse {
  if (token?.kind === 'string') {
    return token.literal === ''
      ? { kind: 'tested' }
      : { kind: 'compared', literal: token.literal, start: token.start };
  }
  const isNull = token?.kind === 'reference' && token.parts.length === 1 && token.parts[0] === 'null';
  return isNull ? { kind: 'tested' } : { kind: 'flows' };
}

/** The sign at a place; empty where there is no token, `?` where the token is no sign. */
function signAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  if (token === undefined) return '';
  return token.kind === 'sign' ? token.sign : '?';
}

/** Whether there is a call, or a group whose result is compared: a bare operand there is more than a test. */
function hasCallOrComparedGroup(tokens: readonly Token[]): boolean {
  return tokens.some((token, at) => {
    if (token.kind !== 'sign') return false;
    if (token.sign === '(') return signAt(tokens, at - 1) === '?' || COMPARISON.has(signAt(tokens, at - 1));
    if (token.sign === '[') return true;
    return token.sign === ')' && COMPARISON.has(signAt(tokens, at + 1));
  });
}
