import { z } from 'zod';

/** A record's place in the one order of all records of a data directory. */
export const JournalPosition = z.object({
  /** Number of the holder that wrote the record; each new holder takes a higher one. */
  epoch: z.number().int().nonnegative(),
  /** Counts on from one epoch to the next. */
  sequence: z.number().int().nonnegative(),
});
export type JournalPosition = z.infer<typeof JournalPosition>;

/** The position of a document that holds no record. */
export const BEFORE_ALL_RECORDS: JournalPosition = { epoch: 0, sequence: 0 };

/** True where `a` comes after `b`. The epoch decides first, as a lost end lets sequences be used again. */
export function isAfter(a: JournalPosition, b: JournalPosition): boolean {
  return a.epoch === b.epoch ? a.sequence > b.sequence : a.epoch > b.epoch;
}
