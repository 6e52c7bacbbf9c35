import { data, type Expr, Lexer, Parser, wellKnownFunctions } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import { TokenType } from '@actions/expressions/lexer';
import { equals, greaterThan, lessThan, truthy } from '@actions/expressions/result';
import { ownValue } from '../checked.ts';

/*
 * Expressions of a workflow, evaluated as far as the text alone allows. What is not known is a symbol: two symbols with
 * the same text have the same value.
 */

/** What an expression comes to. */
export type Value =
  | { readonly known: data.ExpressionData }
  /** `truth` is set where only the value is unknown, and not whether it counts as true. */
  | { readonly symbol: string; readonly truth?: boolean };

/** Names from a context downwards, in lower case; `null` where an index is not a constant. */
export type AccessPath = readonly (string | null)[];

/** What is known of the contexts while a workflow runs for one event. */
export interface World {
  readonly valueOf: (path: AccessPath) => Value;
  /** Whether a symbol has exactly this text; `undefined` where nobody knows. */
  readonly equalsText?: (symbol: string, text: string) => boolean | undefined;
}

export type TemplatePiece = { readonly text: string } | { readonly expression: string };

const CONTEXTS = 'github env vars job jobs steps runner secrets strategy matrix needs inputs'.split(' ');

/** Functions whose results are known only while a run goes on. */
const RUN_TIME_FUNCTIONS = ['success', 'failure', 'cancelled', 'always', 'hashFiles'].map((name) => ({
  name,
  minArgs: 0,
  maxArgs: 255,
}));

/** A known text, number, truth value or `null`. */
export function known(value: string | number | boolean | null): Value {
  if (value === null) return { known: new data.Null() };
  if (typeof value === 'string') return { known: new data.StringData(value) };
  return { known: typeof value === 'number' ? new data.NumberData(value) : new data.BooleanData(value) };
}

/** Whether a value counts as true; `undefined` where that is not known. */
export function truthOf(value: Value): boolean | undefined {
  return 'known' in value ? truthy(value.known) : value.truth;
}

/** A value as text, such that equal texts mean equal values: known ones as GitHub prints them, collections as JSON. */
export function textOf(value: Value): string {
  if ('symbol' in value) return `⟨${value.symbol}⟩`;
  const isCollection = value.known.kind === data.Kind.Array || value.known.kind === data.Kind.Dictionary;
  return isCollection ? JSON.stringify(value.known, data.replacer) : value.known.coerceString();
}

/** An expression's value in a world; `undefined` where GitHub's own parser does not take it. */
export function evaluate(expression: string, world: World): Value | undefined {
  let parsed: Expr;
  try {
    const { tokens } = new Lexer(expression).lex();
    parsed = new Parser(tokens, CONTEXTS, RUN_TIME_FUNCTIONS).parse();
  } catch {
    // The parser throws errors of several classes; each of them means that GitHub refuses the file.
    return undefined;
  }
  return resultOf(parsed, world);
}

const OPENS = '${{';
/** What follows an opening up to the end of the expression: quoted texts may hold the closing braces. */
const REST = /((?:'[^']*'|[^'}]|\}(?!\}))*)\}\}/y;

/** Splits a value of a workflow file at its `${{ }}`; an opening without its end is text. */
export function templateOf(text: string): readonly TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let at = 0;
  for (let open = text.indexOf(OPENS); open !== -1; open = text.indexOf(OPENS, at)) {
    REST.lastIndex = open + OPENS.length;
    const expression = REST.exec(text)?.[1];
    if (expression === undefined) break;
    if (open > at) pieces.push({ text: text.slice(at, open) });
    pieces.push({ expression });
    at = REST.lastIndex;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

function resultOf(node: Expr, world: World): Value {
  if (node instanceof Literal) return { known: node.literal };
  if (node instanceof Grouping) return resultOf(node.group, world);
  if (node instanceof Unary) return negated(resultOf(node.expr, world));
  if (node instanceof Binary) return compared(node, world);
  if (node instanceof Logical) return joined(node, world);
  if (node instanceof FunctionCall) return called(node, world);
  if (node instanceof ContextAccess || node instanceof IndexAccess) return accessed(node, world);
  return { symbol: 'unknown' };
}

function negated(value: Value): Value {
  const truth = truthOf(value);
  return truth === undefined ? { symbol: `!${textOf(value)}` } : known(!truth);
}

function compared({ left, operator, right }: Binary, world: World): Value {
  const one = resultOf(left, world);
  const other = resultOf(right, world);
  const isEquality = operator.type === TokenType.EQUAL_EQUAL;
  if (isEquality || operator.type === TokenType.BANG_EQUAL) {
    const equal = areEqual(one, other, world);
    if (equal !== undefined) return known(equal === isEquality);
  } else if ('known' in one && 'known' in other) {
    const isEqual = equals(one.known, other.known);
    const isBelow = operator.type === TokenType.LESS || operator.type === TokenType.LESS_EQUAL;
    const isStrict = operator.type === TokenType.LESS || operator.type === TokenType.GREATER;
    const holds = isBelow ? lessThan(one.known, other.known) : greaterThan(one.known, other.known);
    return known(holds || (!isStrict && isEqual));
  }
  return { symbol: `(${textOf(one)}${operator.lexeme}${textOf(other)})` };
}

function areEqual(one: Value, other: Value, world: World): boolean | undefined {
  if ('known' in one && 'known' in other) return equals(one.known, other.known);
  if ('symbol' in one && 'symbol' in other) return one.symbol === other.symbol ? true : undefined;
  const [symbol, fact] = 'symbol' in one ? [one, other] : [other, one];
  if (!('symbol' in symbol) || !('known' in fact)) return undefined;
  return world.equalsText?.(symbol.symbol, fact.known.coerceString());
}

function joined({ operator, args }: Logical, world: World): Value {
  /** Truth of an operand that ends the evaluation: false for `&&`, true for `||`. */
  const ends = operator.type === TokenType.OR;
  const parts: string[] = [];
  let last: Value = known(!ends);
  let truth: boolean | undefined = !ends;
  for (const arg of args) {
    last = resultOf(arg, world);
    const own = truthOf(last);
    if (own === ends) truth = ends;
    else if (own === undefined && truth !== ends) truth = undefined;
    const passes = own !== undefined && own !== ends;
    if (!passes) parts.push(textOf(last));
    if (own === ends) break;
  }
  // Operands that neither end the evaluation nor come last do not show.
  const isLastPassed = truthOf(last) === !ends;
  if (parts.length === 0 || (parts.length === 1 && !isLastPassed)) return last;
  if (isLastPassed) parts.push(textOf(last));
  return { symbol: `(${parts.join(operator.lexeme)})`, ...(truth === undefined ? {} : { truth }) };
}

function called({ functionName, args }: FunctionCall, world: World): Value {
  const name = functionName.lexeme.toLowerCase();
  const values = args.map((arg) => resultOf(arg, world));
  const facts = values.flatMap((value) => ('known' in value ? [value.known] : []));
  const definition = ownValue(wellKnownFunctions, name);
  if (definition !== undefined && facts.length === values.length) {
    try {
      return { known: definition.call(...facts) };
    } catch {
      // Such as `fromJSON` of no JSON: the run fails in every world.
      return { symbol: `${name} fails` };
    }
  }
  return {
    symbol: `${name}(${values.map(textOf).join(',')})`,
    ...(name === 'always' ? { truth: true } : {}),
  };
}

function accessed(node: ContextAccess | IndexAccess, world: World): Value {
  const path = pathOf(node, world);
  if (path !== undefined) return world.valueOf(path);
  if (!(node instanceof IndexAccess)) return { symbol: 'unknown' };
  return { symbol: `${textOf(resultOf(node.expr, world))}[${textOf(resultOf(node.index, world))}]` };
}

/** The names of a chain that begins with a context; `undefined` for what begins with a call or a group. */
function pathOf(node: Expr, world: World): AccessPath | undefined {
  if (node instanceof ContextAccess) return [node.name.lexeme.toLowerCase()];
  if (!(node instanceof IndexAccess)) return undefined;
  const before = pathOf(node.expr, world);
  if (before === undefined) return undefined;
  const index = resultOf(node.index, world);
  return [...before, 'known' in index ? index.known.coerceString().toLowerCase() : null];
}
