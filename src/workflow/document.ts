import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  Parser,
  visit,
  type YAMLMap,
} from 'yaml';
import { quoted } from '../cron/quoted.ts';
import { lowerFirst } from './lower-first.ts';
import { MAX_TEXT_BYTES } from './max-text-bytes.ts';
import { type Refusal, type RefusalCode, refuse } from './refusal.ts';

/** Every alias is followed; real files have a few dozen. */
const MAX_ALIASES = 1000;

/** Times an alias may multiply what it points to, the measure that `yaml` uses against alias bombs. */
const MAX_ALIAS_EXPANSION = 1000;

const TOO_DEEP = 'nested too deeply';

/** 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SourceComment {
  /** Offset of the `#`. */
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** Without the leading `#` signs and outer blanks. */
  readonly text: string;
  /** 1-based column at which `text` begins. */
  readonly textColumn: number;
  /** Whether nothing but blanks stands before it on its line. */
  readonly ownLine: boolean;
}

/** One YAML text, parsed as far as possible; with a `refusal` the other fields hold what could be read. */
export interface YamlSource {
  readonly text: string;
  readonly document: Document | undefined;
  readonly comments: readonly SourceComment[];
  readonly position: (offset: number) => Place;
  /** Where a node begins; the beginning of the text for none. */
  readonly placeOf: (node: unknown) => Place;
  readonly refusal: Refusal | undefined;
}

type Places = Pick<YamlSource, 'text' | 'position' | 'placeOf'>;

/** Parses a YAML text. Never throws: the reason why it cannot be read is the `refusal`. */
export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const position = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const places: Places = {
    text,
    position,
    placeOf: (node) => position(isNode(node) ? (node.range?.[0] ?? 0) : 0),
  };
  const refused = (code: RefusalCode, detail: string): YamlSource => ({
    ...places,
    document: undefined,
    comments: [],
    refusal: refuse(code, { detail }),
  });

  if (Buffer.byteLength(text) > MAX_TEXT_BYTES) return refused('too-large', 'over 1 MiB');
  const { stackTraceLimit } = Error;
  try {
    const tokens = [...new Parser(lines.addNewLine).parse(text)];
    // Half a million faults make as many error objects; capturing their stacks would take most of the time.
    Error.stackTraceLimit = 0;
    // `uniqueKeys` compares every key with every other; the check below does the same in one pass.
    const composer = new Composer({ uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    const documents = [...composer.compose(tokens, true, text.length)];
    return {
      ...places,
      document: documents[0],
      comments: commentsOf(tokens, places),
      refusal: whyUnreadable(places, documents) ?? whyNotText(places),
    };
  } catch (error) {
    // Nesting deep enough to exhaust the stack ends here, and so would a bug of the YAML library.
    return refused('unreadable-yaml', error instanceof RangeError ? TOO_DEEP : 'not YAML');
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The document as plain values, aliases followed. @throws ReferenceError where these expand beyond bounds. */
export function plainValues(document: Document): unknown {
  return document.toJS({ maxAliasCount: MAX_ALIAS_EXPANSION });
}

/** Decoding has replaced bytes that are not UTF-8 with this character; writing it back would lose them. */
const REPLACEMENT = /\uFFFD/;
/** YAML 1.2, production 1: these may only be written as escapes. Our parser accepts them, GitHub's does not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

function whyNotText(places: Places): Refusal | undefined {
  return (
    refusalAt(places, REPLACEMENT, 'bytes that are not UTF-8 stand here', 'Save it as UTF-8.') ??
    refusalAt(places, CONTROL_CHARACTER, 'a control character stands here', 'Remove it.')
  );
}

/** The refusal of the first place that matches, where there is one. */
function refusalAt(
  { text, position }: Places,
  pattern: RegExp,
  detail: string,
  mend: string,
): Refusal | undefined {
  const at = text.search(pattern);
  return at === -1 ? undefined : refuse('unreadable-yaml', { ...position(at), detail, mend });
}

/** A cron that begins with a star and has no quotes: YAML takes the star for an alias. A name makes it one. */
const UNQUOTED_CRON = /^([ \t]*(?:-[ \t]+)?cron:[ \t]+)(\*(?![A-Za-z_])[^#\n]*?)[ \t\r]*(?:#.*)?$/m;

function whyUnquoted({ text, position }: Places): Refusal | undefined {
  const found = UNQUOTED_CRON.exec(text);
  if (found === null) return undefined;
  const [, before = '', cron = ''] = found;
  return refuse('unreadable-yaml', {
    ...position(found.index + before.length),
    detail: 'a cron that begins with a star needs quotes',
    mend: `Write \`cron: ${quoted(cron)}\`.`,
  });
}

/** Where a merge was left unfinished; what the parser says of it helps nobody. */
const MERGE_MARK = /^<{7} .*$/m;
const KEEP_ONE_SIDE =
  'Keep one of the two sides, and remove the lines of `<<<<<<<`, `=======` and `>>>>>>>`.';

function whyUnreadable(places: Places, documents: readonly Document[]): Refusal | undefined {
  const [document, second] = documents;
  const error = document?.errors[0];
  if (error !== undefined) {
    // The library passes on the engine's message when the stack is exhausted.
    const detail = /call stack/.test(error.message) ? TOO_DEEP : shorten(lowerFirst(error.message));
    return (
      refusalAt(places, MERGE_MARK, 'a merge was left unfinished here', KEEP_ONE_SIDE) ??
      whyUnquoted(places) ??
      refuse('unreadable-yaml', { ...places.position(error.pos[0]), detail })
    );
  }
  if (document === undefined) return refuse('unreadable-yaml', { detail: 'empty' });
  if (second !== undefined) return refuse('multi-document', places.position(second.range?.[0] ?? 0));
  return whyUnsafe(places, document);
}

/** Refuses keys that are no text or stand twice (which would GitHub take?), and aliases without bound. */
function whyUnsafe(places: Places, document: Document): Refusal | undefined {
  let aliases = 0;
  let refusal: Refusal | undefined;
  visit(document, (_, node) => {
    if (isAlias(node)) aliases += 1;
    if (aliases > MAX_ALIASES) {
      refusal = refuse('alias-bomb', { detail: `more than ${MAX_ALIASES} aliases` });
    } else if (isMap(node)) {
      refusal = whyUnsafeKeys(node, places);
    }
    return refusal === undefined ? undefined : visit.BREAK;
  });
  return refusal ?? (aliases === 0 ? undefined : whyUnsafeAliases(places, document));
}

function whyUnsafeKeys({ items }: YAMLMap, { placeOf }: Places): Refusal | undefined {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key)) {
      // GitHub accepts plain keys only; turning nested collections into text would also take unbounded time.
      return refuse('unreadable-yaml', { ...placeOf(key), detail: 'a key that is not a plain text' });
    }
    if (seen.has(key.value)) {
      return refuse('duplicate-keys', { ...placeOf(key), detail: `"${shorten(String(key.value))}"` });
    }
    seen.add(key.value);
  }
  return undefined;
}

function whyUnresolved({ placeOf }: Places, document: Document): Refusal {
  let unresolved: Alias | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      unresolved = alias;
      return visit.BREAK;
    },
  });
  return refuse('unreadable-yaml', {
    ...placeOf(unresolved),
    detail: 'an alias without its anchor',
    mend: 'Write the value out, or name an anchor that stands above it.',
  });
}

function whyUnsafeAliases(places: Places, document: Document): Refusal | undefined {
  try {
    plainValues(document);
    return undefined;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return error.message.startsWith('Unresolved')
      ? (whyUnquoted(places) ?? whyUnresolved(places, document))
      : refuse('alias-bomb');
  }
}

/** Fields of a token that hold other tokens; reading a large file is mostly this walk and the parser's own. */
const TOKEN_PARTS = ['start', 'props', 'items', 'key', 'sep', 'value', 'end'] as const;

/** All comments, from the tokens: a `#` inside a string or a script is none. */
function commentsOf(tokens: readonly CST.Token[], places: Places): SourceComment[] {
  const comments: SourceComment[] = [];
  const pending: unknown[] = [tokens];
  while (pending.length > 0) {
    const part = pending.pop();
    if (Array.isArray(part)) {
      for (const child of part) pending.push(child);
    } else if (typeof part === 'object' && part !== null) {
      if (isCommentToken(part)) comments.push(toComment(part, places));
      else for (const key of TOKEN_PARTS) if (key in part) pending.push(Reflect.get(part, key));
    }
  }
  return comments.sort((one, other) => one.offset - other.offset);
}

function isCommentToken(part: object): part is CST.SourceToken {
  return 'type' in part && part.type === 'comment' && 'source' in part && 'offset' in part;
}

function toComment({ offset, source }: CST.SourceToken, { text, position }: Places): SourceComment {
  const { line, column } = position(offset);
  const lead = /^#+\s*/.exec(source)?.[0].length ?? 0;
  const before = text.slice(offset - (column - 1), offset);
  return {
    offset,
    line,
    column,
    text: source.slice(lead).trim(),
    textColumn: column + lead,
    ownLine: /^[\s\uFEFF]*$/.test(before),
  };
}

/** Longest excerpt of a file in a sentence of ours. */
const MAX_EXCERPT = 120;

/** A piece of a file on one line, cut where it is long. */
export function shorten(excerpt: string): string {
  const line = excerpt.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_EXCERPT ? line : `${line.slice(0, MAX_EXCERPT)}…`;
}
