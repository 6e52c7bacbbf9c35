import { LearnedRepository } from '../../forecast/learned.ts';

/*
 * The learned state is stored in parts: `streams/PATH|KIND`, `matches/PATH`, `schedules/KEY`, and its other fields
 * under their own names. One run changes four or five of them.
 */

/** Fields that are records: each entry is a part. */
const RECORDS = ['streams', 'matches', 'schedules'] as const;

/** The learned state from the JSON texts of its parts. Throws a `ZodError` where they do not make one. */
export function learnedFrom(texts: Readonly<Record<string, string>>): LearnedRepository {
  const fields: Record<string, unknown> = {};
  const records = new Map<string, Record<string, unknown>>(RECORDS.map((field) => [field, {}]));
  for (const [part, text] of Object.entries(texts)) {
    const slash = part.indexOf('/');
    const record = records.get(part.slice(0, Math.max(0, slash)));
    if (record === undefined) fields[part] = parsed(text);
    else record[part.slice(slash + 1)] = parsed(text);
  }
  return LearnedRepository.parse({ ...fields, ...Object.fromEntries(records) });
}

/** Text that is no JSON becomes `undefined`, which the schema refuses. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface PartChanges {
  /** Names and JSON texts. */
  readonly changed: readonly (readonly [part: string, text: string])[];
  readonly removed: readonly string[];
}

/**
 * The parts in which two learned states differ; all of `after` where there was none before. The states are values that
 * share the parts they have in common, so parts are compared by identity.
 */
export function changedParts(before: LearnedRepository | undefined, after: LearnedRepository): PartChanges {
  if (before === after) return { changed: [], removed: [] };
  const known = before === undefined ? new Map<string, unknown>() : partsOf(before);
  const parts = partsOf(after);
  const changed = [...parts].filter(([part, state]) => known.get(part) !== state);
  return {
    changed: changed.map(([part, state]) => [part, JSON.stringify(state)]),
    removed: [...known.keys()].filter((part) => !parts.has(part)),
  };
}

function partsOf(learned: LearnedRepository): Map<string, unknown> {
  const parts = new Map<string, unknown>();
  for (const [field, value] of Object.entries(learned)) {
    if (value === undefined) continue;
    if (!isRecordField(field)) parts.set(field, value);
    else for (const [name, entry] of Object.entries(learned[field])) parts.set(`${field}/${name}`, entry);
  }
  return parts;
}

function isRecordField(field: string): field is (typeof RECORDS)[number] {
  return RECORDS.some((each) => each === field);
}
