import { type Document, isPair, isScalar, type Node, type Pair, Scalar, visit } from 'yaml';
import type { YamlSource } from './document.ts';
import { keysOf } from './entries.ts';
import { reachesEvent, scheduleMemberAt } from './event-schedule.ts';
import { scheduleUsesIn } from './expression.ts';
import { type Refusal, refuse } from './refusal.ts';

/** A string that `github.event.schedule` is compared with. */
export interface ScheduleLiteral {
  readonly cron: string;
  readonly node: Scalar;
  /** Offset of the opening quote in the scalar's value. */
  readonly start: number;
  /** Which of the equal strings of its scalar it is, from 0. */
  readonly occurrence: number;
}

/** What a file does with `github.event.schedule`. */
export interface ScheduleReading {
  readonly literals: readonly ScheduleLiteral[];
  /** Whether there is any use, rewritable or not. */
  readonly used: boolean;
  /** Whether a value reaches the whole event. */
  readonly wholeEvent: boolean;
  /** 1-based line of the first text that reads a member `schedule` of something. */
  readonly memberLine: number | undefined;
  /** Set where a use cannot be rewritten with the cron, whatever the cron is. */
  readonly refusal: Refusal | undefined;
  /** 1-based line of that use. */
  readonly refusedLine: number | undefined;
  /** Every text value of the file, in which each schedule's cron is searched for. */
  readonly texts: readonly TextValue[];
}

/** A text value and the scalar that holds it. */
export interface TextValue {
  readonly node: Scalar;
  readonly value: string;
}

/** Far more than people write by hand, and few enough to search for one by one. */
const MAX_LITERALS = 200;

/** Scripts that read the schedule from the event. */
const READ_BY_SCRIPT = 'a script reads it from the event';
const EVENT_IN_SCRIPT = /\bpayload\s*(?:\??\.\s*schedule\b|(?:\?\.)?\[\s*['"`]schedule['"`]\s*\])/;

/** Reads every use of `github.event.schedule` in a file. */
export function readScheduleUses(source: YamlSource): ScheduleReading {
  const literals: ScheduleLiteral[] = [];
  const texts: TextValue[] = [];
  let used = false;
  let refusedLine: number | undefined;
  let wholeEvent = false;
  let member: Scalar | undefined;
  let refusal: Refusal | undefined;
  const refuseAt = (node: Scalar, detail: string) => {
    used = true;
    const place = source.placeOf(node);
    refusedLine ??= place.line;
    refusal ??= refuse('schedule-expression', { ...place, detail });
  };
  const readText = (node: Scalar, value: string, ancestors: Ancestors): void => {
    texts.push({ node, value });
    wholeEvent ||= reachesEvent(value);
    if (member === undefined && scheduleMemberAt(value) !== -1) member = node;
    if (EVENT_IN_SCRIPT.test(value)) refuseAt(node, READ_BY_SCRIPT);
    for (const use of scheduleUsesIn(value, isCondition(ancestors))) {
      used = true;
      if (use.kind === 'compared') {
        // Above the bound the file is refused; counting further would take quadratic time.
        const isBeyond = literals.length > MAX_LITERALS;
        const before = isBeyond ? [] : placesOf(value, `'${use.literal}'`).filter((at) => at < use.start);
        const occurrence = before.length;
        literals.push({ cron: use.literal, node, start: use.start, occurrence });
        if (literals.length > MAX_LITERALS) refuseAt(node, `more than ${MAX_LITERALS} comparisons`);
        if (node.anchor !== undefined) refuseAt(node, 'the comparison has an anchor');
      } else if (use.kind === 'flows' && !isLabel(keysOf(ancestors))) {
        refuseAt(node, 'its value is passed on');
      }
    }
  };
  if (source.document !== undefined) {
    visit(source.document, {
      Scalar: (_, node, ancestors) => {
        if (typeof node.value === 'string') readText(node, node.value, ancestors);
      },
    });
  }
  if (wholeEvent && member !== undefined) refuseAt(member, READ_BY_SCRIPT);
  const memberLine = member === undefined ? undefined : source.placeOf(member).line;
  return { literals, used, wholeEvent, memberLine, refusal, refusedLine, texts };
}

/** Where a literal's text stands in the source, without its quotes; `undefined` where YAML escapes hide the place. */
export function literalRange(
  text: string,
  literal: ScheduleLiteral,
): { readonly start: number; readonly end: number } | undefined {
  const { node, cron, occurrence } = literal;
  const [from, to] = node.range ?? [0, 0];
  const written = text.slice(from, to);
  // Within a single-quoted YAML string each quote of the expression is doubled.
  const quote = node.type === Scalar.QUOTE_SINGLE ? "''" : "'";
  const inSource = placesOf(written, `${quote}${cron}${quote}`);
  if (inSource.length !== placesOf(String(node.value), `'${cron}'`).length) return undefined;
  const place = inSource[occurrence];
  if (place === undefined) return undefined;
  const start = from + place + quote.length;
  return { start, end: start + cron.length };
}

/** The first other text with the cron, which an edit would leave as it is. `entries`: the schedules' nodes. */
export function strayMention(
  cron: string,
  entries: ReadonlySet<Node>,
  { texts, literals }: ScheduleReading,
): Scalar | undefined {
  const sought = cron.toLowerCase();
  return texts.find(({ node, value }) => {
    if (value.length < sought.length || entries.has(node)) return false;
    const mentions = placesOf(value.toLowerCase(), sought).filter((at) =>
      standsAlone(value, at, sought.length),
    );
    if (mentions.length === 0) return false;
    const known = literals.filter((literal) => literal.node === node && sameCron(literal.cron, cron));
    return mentions.length > known.length;
  })?.node;
}

/** GitHub ignores case when it compares strings, so `MON` and `mon` are equal. */
export function sameCron(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Names and concurrency groups, where the cron's value does not matter as long as it is the same in every run. */
function isLabel(keys: readonly string[]): boolean {
  const path = keys.join('.');
  return /^(?:run-name|concurrency(?:\.group)?|jobs\.[^.]+\.(?:name|concurrency(?:\.group)?|steps\.name))$/.test(
    path,
  );
}

/** Ancestors of a node as `visit` reports them, the root first. */
type Ancestors = readonly (Document | Node | Pair)[];

/** Whether a scalar is the value of a key `if`. */
function isCondition(ancestors: Ancestors): boolean {
  const parent = ancestors.at(-1);
  return isPair(parent) && isScalar(parent.key) && parent.key.value === 'if';
}

function placesOf(text: string, sought: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(sought); at !== -1; at = text.indexOf(sought, at + sought.length))
    places.push(at);
  return places;
}

/** Whether no further character of a cron touches the text: `0 3 * * *` does not stand alone within `10 3 * * *`. */
function standsAlone(text: string, at: number, length: number): boolean {
  const touches = (sign: string | undefined) => sign !== undefined && /[\w*,/-]/.test(sign);
  return !touches(text[at - 1]) && !touches(text[at + length]);
}
