import { didYouMean, nearestWord, suggestWord } from '../nearest-word.ts';
import { parseSpan, parseTimeOfDay, parseWindow } from './directive-values.ts';
import type { SourceComment } from './document.ts';
import { type Refusal, type RefusalDetails, refuse } from './refusal.ts';
import type { Directives } from './schedule.ts';

export interface ReadDirectives {
  readonly directives: Directives;
  readonly refusal: Refusal | undefined;
}

/** `offbeat: …` at the start of a comment, or after a further `#` within it. */
const DIRECTIVE = /(?:^|#)\s*offbeat\s*:(?<body>[^#]*)/i;

/** A directive with another sign than the colon or a mistyped word. Text without one of our keys behind it is prose. */
const NEAR_MISS =
  /(?:^|#)\s*(?<word>off beat|[a-z]+(?:-[a-z]+)?)(?<sign>[\s:;,.=-]+)(?:pin|punctual|window|finish-by|not-before|max-shift)\b/i;
const OUR_WORD = 'offbeat';

/** A directive behind other words, as in `# nightly; offbeat: pin`; one in quotes or backticks is spoken of. */
const BEHIND_WORDS =
  /(?<![\w"'`“‘«-])offbeat\s*:\s*(?:pin|punctual|window|finish-by|not-before|max-shift)(?![\w-])/i;

/** A comment that may be a mistyped directive from its first word to its last. */
const MISTYPED = /^(?<word>off beat|[a-z]+(?:-[a-z]+)?)(?<sign>[\s:;,.=-]+)(?<body>.*)$/i;

/** A schedule that was commented out: its directive applies to nothing. */
const COMMENTED_OUT = /^-?\s*(?:["']?cron["']?\s*:)/;

/** `key`, `key=value` or `key: value`, separated by blanks or commas. */
const ITEM = /[\s,]*(?<key>[^\s,=:]+)(?:\s*[=:]\s*(?<value>[^\s,]*))?/y;

const KEYS = ['pin', 'punctual', 'window', 'finish-by', 'not-before', 'max-shift'] as const;

/** Reads the directives in comments; the first one that cannot be understood is the refusal. */
export function readDirectives(comments: readonly SourceComment[]): ReadDirectives {
  let directives: Directives = {};
  for (const comment of comments) {
    if (COMMENTED_OUT.test(comment.text)) continue;
    const match = DIRECTIVE.exec(comment.text);
    if (match === null) {
      const wrong = nearMiss(comment.text) ?? behindWords(comment.text);
      if (wrong === undefined) continue;
      return { directives, refusal: misread(comment, wrong.at, wrong) };
    }
    const body = match.groups?.body ?? '';
    const bodyStart = match.index + match[0].length - body.length;
    const items = itemsOf(body);
    if (items.length === 0)
      return { directives, refusal: misread(comment, 0, { detail: 'nothing stands after the colon' }) };
    for (const item of items) {
      const read = readItem(item.key, item.value);
      if ('detail' in read) return { directives, refusal: misread(comment, bodyStart + item.start, read) };
      if (Object.keys(read).some((key) => Object.hasOwn(directives, key))) {
        const twice = { detail: `"${item.key}" is said twice`, mend: 'Remove one of the two.' };
        return { directives, refusal: misread(comment, bodyStart + item.start, twice) };
      }
      directives = { ...directives, ...read };
    }
  }
  return { directives, refusal: undefined };
}

/**
 * Whether a comment far from any cron is a directive, or a mistyped one. Prose may name Offbeat and one of our keys
 * there: a mistyped `offbeat:` counts only where nothing but directives stands in the comment.
 */
export function isStrayDirective({ text }: SourceComment): boolean {
  const [first] = strayItems(text);
  // A word alone that is but like one of ours is prose.
  return (
    first !== undefined &&
    (isKey(first.key) || (first.value !== undefined && nearestWord(first.key, KEYS) !== undefined))
  );
}

/** Whether such a comment says `pin`. */
export function isStrayPin(comment: SourceComment): boolean {
  return isStrayDirective(comment) && strayItems(comment.text).some(({ key }) => key.toLowerCase() === 'pin');
}

function strayItems(text: string): readonly Item[] {
  if (COMMENTED_OUT.test(text)) return [];
  const match = DIRECTIVE.exec(text);
  if (match !== null) return itemsOf(match.groups?.body ?? '');
  const { word = '', sign = '', body = '' } = MISTYPED.exec(text)?.groups ?? {};
  const items = isOurWord(word, sign) ? itemsOf(body) : [];
  return items.every(({ key, value }) => !('detail' in readItem(key, value))) ? items : [];
}

function isKey(word: string): boolean {
  return KEYS.some((key) => key === word.toLowerCase());
}

/** What is wrong with a directive, as the end of a clause, and how to mend exactly that. */
type Misread = Pick<RefusalDetails, 'mend'> & { readonly detail: string };

/** What is wrong with a comment that is most likely a mistyped directive; `undefined` where it is none. */
function nearMiss(text: string): (Misread & { readonly at: number }) | undefined {
  const { word = '', sign = '' } = NEAR_MISS.exec(text)?.groups ?? {};
  if (word.toLowerCase() === OUR_WORD) {
    return { at: 0, detail: 'no colon follows the word `offbeat`', mend: 'Write `offbeat:`.' };
  }
  return isOurWord(word, sign)
    ? { at: 0, detail: `"${excerpt(word)}" is unknown`, mend: didYouMean(OUR_WORD) }
    : undefined;
}

/** Whether a word is most likely meant as `offbeat`: the word itself, or one like it before a colon. */
function isOurWord(word: string, sign: string): boolean {
  if (word.toLowerCase() === OUR_WORD) return true;
  return sign.trim() === ':' && nearestWord(word, [OUR_WORD]) !== undefined;
}

/** A directive that has no effect where it stands; `undefined` where there is none. */
function behindWords(text: string): (Misread & { readonly at: number }) | undefined {
  const match = BEHIND_WORDS.exec(text);
  if (match === null) return undefined;
  return {
    at: match.index,
    detail: 'it stands behind other words',
    mend: 'Write a `#` before `offbeat`, so that a comment of its own begins there.',
  };
}

/** What a comment says to people: its text without the directive; empty where it holds nothing else. */
export function humanPart(comment: SourceComment): string {
  if (COMMENTED_OUT.test(comment.text)) return '';
  return comment.text.replace(DIRECTIVE, '').trim();
}

/** The same with blanks for the directive, so that offsets stay; all blank for a commented-out schedule. */
export function withoutDirective({ text }: SourceComment): string {
  if (COMMENTED_OUT.test(text)) return ' '.repeat(text.length);
  return text.replace(DIRECTIVE, (directive) => ' '.repeat(directive.length));
}

interface Item {
  readonly key: string;
  readonly value: string | undefined;
  /** Offset in the directive's body. */
  readonly start: number;
}

function itemsOf(body: string): Item[] {
  const items: Item[] = [];
  ITEM.lastIndex = 0;
  while (ITEM.lastIndex < body.length) {
    const from = ITEM.lastIndex;
    const match = ITEM.exec(body);
    if (match === null) {
      // Only separators are left, or a sign (`=`, `:`) without a key before it.
      const rest = body.slice(from).replace(/^[\s,]+/, '');
      if (rest !== '') items.push({ key: rest.trim(), value: undefined, start: body.length - rest.length });
      break;
    }
    const key = match.groups?.key ?? '';
    items.push({ key, value: match.groups?.value, start: match.index + match[0].indexOf(key) });
  }
  return items;
}

/** The directive, or what is wrong with it. */
function readItem(key: string, value: string | undefined): Directives | Misread {
  switch (key.toLowerCase()) {
    case 'pin':
      return value === undefined ? { pin: true } : withoutValue(key);
    case 'punctual':
      return value === undefined ? { punctual: true } : withoutValue(key);
    case 'window':
      return withValue(key, value, '01:00-05:00', parseWindow, (window) => ({ window }));
    case 'finish-by':
      return withValue(key, value, '07:00', parseTimeOfDay, (finishByMinute) => ({ finishByMinute }));
    case 'not-before':
      return withValue(key, value, '01:00', parseTimeOfDay, (notBeforeMinute) => ({ notBeforeMinute }));
    case 'max-shift':
      return withValue(key, value, '30m', parseSpan, (maxShiftMinutes) => ({ maxShiftMinutes }));
    default:
      return {
        detail: `"${excerpt(key)}" is unknown`,
        mend: suggestWord(key, KEYS) ?? `Known are ${KEYS.join(', ')}.`,
      };
  }
}

function withoutValue(key: string): Misread {
  return { detail: `"${key.toLowerCase()}" takes no value`, mend: `Write \`${key.toLowerCase()}\` alone.` };
}

/** The directive that `directiveOf` makes of the value, or what is wrong with a value that `parse` cannot read. */
function withValue<T>(
  key: string,
  value: string | undefined,
  example: string,
  parse: (text: string) => T | undefined,
  directiveOf: (parsed: T) => Directives,
): Directives | Misread {
  const parsed = parse(value ?? '');
  if (parsed !== undefined) return directiveOf(parsed);
  const found = value === undefined || value === '' ? 'no value' : `"${excerpt(value)}"`;
  return {
    detail: `"${key.toLowerCase()}" has ${found}`,
    mend: `Write for example \`${key.toLowerCase()}=${example}\`.`,
  };
}

function misread(comment: SourceComment, at: number, { detail, mend }: Misread): Refusal {
  const place = { line: comment.line, column: comment.textColumn + at };
  return refuse('invalid-directive', { ...place, detail, mend });
}

const MAX_EXCERPT = 40;

function excerpt(text: string): string {
  return text.length <= MAX_EXCERPT ? text : `${text.slice(0, MAX_EXCERPT)}…`;
}
