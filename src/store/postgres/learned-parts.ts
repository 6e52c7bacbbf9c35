import { LearnedRepository } from '../../forecast/learned.ts';
import { emptyJobs, LearnedJobs } from '../../jobs/learned-jobs.ts';

/*
 * The learned state is stored in parts: `streams/PATH|KIND`, `matches/PATH`, `schedules/KEY`, and its other fields
 * under their own names. One run changes four or five of them. The learned state of jobs is stored in the same table,
 * in parts whose names begin with `jobs:`.
 */

/** Fields that are records: each entry is a part. */
const RECORDS = ['streams', 'matches', 'schedules'] as const;
const JOB_RECORDS = ['workflows', 'labels'] as const;
const OF_JOBS = 'jobs:';

/** The learned state from the JSON texts of its parts. Throws a `ZodError` where they do not make one. */
export function learnedFrom(texts: Readonly<Record<string, string>>): LearnedRepository {
  const parts = Object.entries(texts).filter(([part]) => !part.startsWith(OF_JOBS));
  return LearnedRepository.parse(fieldsOf(parts, RECORDS));
}

/** The learned state of jobs from the same texts; empty where there are no such parts. Throws a `ZodError`. */
export function learnedJobsFrom(texts: Readonly<Record<string, string>>): LearnedJobs {
  const parts = Object.entries(texts)
    .filter(([part]) => part.startsWith(OF_JOBS))
    .map(([part, text]) => [part.slice(OF_JOBS.length), text] as const);
  return parts.length === 0 ? emptyJobs() : LearnedJobs.parse(fieldsOf(parts, JOB_RECORDS));
}

function fieldsOf(
  parts: readonly (readonly [part: string, text: string])[],
  recordNames: readonly string[],
): object {
  const fields: Record<string, unknown> = {};
  const records = new Map<string, Record<string, unknown>>(recordNames.map((field) => [field, {}]));
  for (const [part, text] of parts) {
    const slash = part.indexOf('/');
    const record = records.get(part.slice(0, Math.max(0, slash)));
    if (record === undefined) fields[part] = parsed(text);
    else record[part.slice(slash + 1)] = parsed(text);
  }
  return { ...fields, ...Object.fromEntries(records) };
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

/** The parts in which two learned states differ, by identity, as they share the rest; all if there was none. */
export function changedParts(before: LearnedRepository | undefined, after: LearnedRepository): PartChanges {
  return before === after
    ? UNCHANGED
    : differing(before && partsOf(before, RECORDS), partsOf(after, RECORDS));
}

/** The parts in which two learned states of jobs differ. */
export function changedJobParts(before: LearnedJobs | undefined, after: LearnedJobs): PartChanges {
  const parts = (jobs: LearnedJobs) => partsOf(jobs, JOB_RECORDS, OF_JOBS);
  // Most repositories have no learned jobs yet: then there is nothing to write.
  if (before === after || (before === undefined && after.finished.length === 0)) return UNCHANGED;
  return differing(before && before.finished.length > 0 ? parts(before) : undefined, parts(after));
}

const UNCHANGED: PartChanges = { changed: [], removed: [] };

function differing(
  known: ReadonlyMap<string, unknown> | undefined,
  parts: ReadonlyMap<string, unknown>,
): PartChanges {
  const changed = [...parts].filter(([part, state]) => known?.get(part) !== state);
  return {
    changed: changed.map(([part, state]) => [part, JSON.stringify(state)]),
    removed: [...(known?.keys() ?? [])].filter((part) => !parts.has(part)),
  };
}

function partsOf(state: object, recordNames: readonly string[], prefix = ''): Map<string, unknown> {
  const parts = new Map<string, unknown>();
  for (const [field, value] of Object.entries(state)) {
    if (value === undefined) continue;
    if (!recordNames.includes(field)) parts.set(prefix + field, value);
    else for (const [name, entry] of Object.entries(value)) parts.set(`${prefix}${field}/${name}`, entry);
  }
  return parts;
}
