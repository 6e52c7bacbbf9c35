import { hash } from 'node:crypto';
import { LearnedRepository } from '../../forecast/learned.ts';
import type { LearnedChange } from '../../forecast/learned-change.ts';

/**
 * The learned state in pieces that are stored apart: `streams/PATH|KIND`, `matches/PATH`, `schedules/KEY`, and its
 * other fields under their own names. One run changes four or five of them.
 */
export type LearnedParts = ReadonlyMap<string, unknown>;

/** Fields that are records: each entry is a part. */
const RECORDS = ['streams', 'matches', 'schedules'] as const;

export function learnedParts(learned: LearnedRepository): LearnedParts {
  const parts = new Map<string, unknown>();
  for (const [field, value] of Object.entries(learned)) {
    if (!isRecordField(field)) parts.set(field, value);
    else for (const [name, entry] of Object.entries(learned[field])) parts.set(`${field}/${name}`, entry);
  }
  return parts;
}

/** The learned state of the parts' JSON texts. Throws a `ZodError` where they make none. */
export function learnedFrom(texts: Readonly<Record<string, string>>): LearnedRepository {
  const fields: Record<string, unknown> = { streams: {}, matches: {}, schedules: {} };
  const records = new Map<string, Record<string, unknown>>(RECORDS.map((field) => [field, {}]));
  for (const [part, text] of Object.entries(texts)) {
    const state = parsed(text);
    const slash = part.indexOf('/');
    const record = records.get(part.slice(0, Math.max(0, slash)));
    if (record === undefined) fields[part] = state;
    else record[part.slice(slash + 1)] = state;
  }
  return LearnedRepository.parse({ ...fields, ...Object.fromEntries(records) });
}

/** What is no JSON is no state either: the schema says so. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Short prints of the parts, by which a change is known. */
export type PartPrints = ReadonlyMap<string, string>;

export interface PartsToWrite {
  /** As JSON texts. */
  readonly changed: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
  readonly prints: PartPrints;
}

/**
 * The parts that differ from what `before` was printed from. `named` are those that may differ, `null` where any may: of a
 * repository with hundreds of files most need not be looked at.
 */
export function partsToWrite(
  learned: LearnedRepository,
  before: PartPrints,
  named: ReadonlySet<string> | null,
): PartsToWrite {
  const parts = learnedParts(learned);
  const prints = new Map<string, string>();
  const changed: Record<string, string> = {};
  for (const [part, state] of parts) {
    const known = before.get(part);
    if (known !== undefined && named?.has(part) === false) {
      prints.set(part, known);
      continue;
    }
    const text = JSON.stringify(state);
    const print = printOf(text);
    prints.set(part, print);
    if (known !== print) changed[part] = text;
  }
  return { changed, removed: [...before.keys()].filter((part) => !parts.has(part)), prints };
}

/** Names of the parts that a change names; all of them where it brings a whole state. */
export function changedPartNames({ whole, ...change }: LearnedChange): readonly string[] {
  const names = whole === undefined ? [] : [...learnedParts(whole).keys()];
  for (const [field, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (!isRecordField(field)) names.push(field);
    else {
      const { changed = {}, removed = [] } = change[field] ?? {};
      names.push(...[...Object.keys(changed), ...removed].map((name) => `${field}/${name}`));
    }
  }
  return names;
}

/** Of the texts as they are stored. */
export function printTexts(texts: Readonly<Record<string, string>>): PartPrints {
  return new Map(Object.entries(texts).map(([part, text]) => [part, printOf(text)]));
}

function printOf(text: string): string {
  return hash('sha1', text, 'base64');
}

function isRecordField(field: string): field is (typeof RECORDS)[number] {
  return RECORDS.some((each) => each === field);
}
