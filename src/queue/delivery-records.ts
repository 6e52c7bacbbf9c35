import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../disk/data-directory.ts';
import type { JournalGap } from '../disk/journal.ts';
import { BEFORE_ALL_RECORDS, isAfter, JournalPosition } from '../disk/journal-position.ts';
import { type RecordPlace, readRecord } from '../disk/journal-segment.ts';
import { DurableFile, readDocument, stampOf, writeDocument } from '../disk/json-document.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import { DeadLetters } from './dead-letters.ts';
import { DeadLetter, Job, jobOfLetter, keysOf } from './queue.ts';
import { SeenKeys } from './seen-keys.ts';

/** One record of the queue. It is not validated again: the journal's checksum shows that it is unchanged. */
export interface DeliveryLine {
  /** Accepted. */
  readonly job?: Job;
  /** Sequence of a job that is done. */
  readonly done?: number;
  /** Sequence of a job of an earlier process that a new try has begun for. */
  readonly begun?: number;
  /** Sequence of a job whose try has ended, in success or failure: the process has survived it. */
  readonly ended?: number;
  readonly letter?: DeadLetter;
  /** Id of a dead letter that is gone. */
  readonly gone?: string;
}

/** A job that is not known to be done. */
export interface LeftOver {
  readonly sequence: number;
  readonly job: Job;
  /** Number of processes that ended while they handled the job. */
  readonly crashes: number;
}

/** Deliveries accepted in this span (epoch ms) may be lost: their records cannot be read. */
export interface LostSpan {
  readonly from: number;
  readonly to: number;
}

const SeenDocument = z.object({ version: z.literal(1), position: JournalPosition, seen: z.base64() });
/** Name of the document with the dead letters in a data directory. */
export const LETTERS_FILE = 'dead_letters.json';
export const LettersDocument = z.object({
  version: z.literal(1),
  position: JournalPosition,
  letters: z.array(DeadLetter),
});

interface Done {
  readonly place: RecordPlace;
  /** Sequence of the record that marks the job as done. */
  readonly doneAt: number;
}

/** The queue's records in the journal, and the documents that outlive it: keys of seen deliveries, dead letters. */
export class DeliveryRecords {
  readonly seen = new SeenKeys();
  readonly letters = new DeadLetters();
  readonly #data: DataDirectory;
  readonly #seenFile: DurableFile<z.infer<typeof SeenDocument>>;
  readonly #lettersFile: DurableFile<z.infer<typeof LettersDocument>>;
  #position = BEFORE_ALL_RECORDS;

  constructor(data: DataDirectory) {
    this.#data = data;
    this.#seenFile = new DurableFile(join(data.path, 'deliveries.json'), SeenDocument, data);
    this.#lettersFile = new DurableFile(join(data.path, LETTERS_FILE), LettersDocument, data);
  }

  /** Writes a line to the journal, then applies it. Resolves with its sequence. */
  async append(line: DeliveryLine): Promise<number> {
    const position = await this.#data.journal.append(JSON.stringify(line));
    this.#apply(line, position);
    return position.sequence;
  }

  /** Writes both documents with everything so far. */
  async checkpoint(): Promise<void> {
    const stored = { version: 1, position: this.#position } as const;
    await Promise.all([
      writeDocument(this.#seenFile, { ...stored, seen: this.seen.toBase64() }),
      writeDocument(this.#lettersFile, { ...stored, letters: [...this.letters.list()] }),
    ]);
  }

  /**
   * Reads documents and journal. `left` are the jobs to handle (again), in the order accepted: the unfinished ones, and
   * finished ones where records are missing between acceptance and completion, as the job may have written those.
   * `lost` are the spans in which deliveries may have been accepted whose records are missing.
   */
  async recover(
    now: number,
  ): Promise<{ readonly left: readonly LeftOver[]; readonly lost: readonly LostSpan[] }> {
    const stamp = stampOf(now);
    const [seen, letters] = await Promise.all([
      readDocument(this.#seenFile, stamp),
      readDocument(this.#lettersFile, stamp),
    ]);
    if (seen.data !== null) this.seen.addBase64(seen.data.seen);
    for (const letter of letters.data?.letters ?? []) this.letters.add(letter);
    const seenPosition = seen.data?.position ?? BEFORE_ALL_RECORDS;
    const lettersPosition = letters.data?.position ?? BEFORE_ALL_RECORDS;
    const open = new Map<number, { readonly job: Job; readonly place: RecordPlace }>();
    const done = new Map<number, Done>();
    const crashes = new Map<number, number>();
    const acceptances: { readonly sequence: number; readonly at: number }[] = [];
    const { gaps } = await this.#data.journal.walk(({ position, body, place }) => {
      if (body.startsWith('{"repositoryId":')) return;
      const line: DeliveryLine = JSON.parse(body);
      const { sequence } = position;
      if (line.job !== undefined) {
        open.set(sequence, { job: Job.parse(line.job), place });
        acceptances.push({ sequence, at: line.job.acceptedAt });
      }
      for (const job of [line.done, line.letter && jobOfLetter(line.letter)]) {
        if (job === undefined) continue;
        const known = open.get(job);
        // A second completion means that a doubtful job was handled again, so that it is no longer doubtful.
        done.delete(job);
        if (known === undefined) continue;
        open.delete(job);
        done.set(job, { place: known.place, doneAt: sequence });
      }
      if (line.begun !== undefined) crashes.set(line.begun, (crashes.get(line.begun) ?? 0) + 1);
      if (line.ended !== undefined) crashes.delete(line.ended);
      this.#apply(line, position, {
        isSeenNew: isAfter(position, seenPosition),
        isLetterNew: isAfter(position, lettersPosition),
      });
    });
    const again = await Promise.all(
      [...doubtful(done, gaps)].map(
        async ([sequence, { place }]) =>
          [sequence, Job.parse((JSON.parse((await readRecord(place)).body) as DeliveryLine).job)] as const,
      ),
    );
    const left = [...[...open].map(([sequence, { job }]) => [sequence, job] as const), ...again]
      .sort(([a], [b]) => a - b)
      .map(([sequence, job]) => ({ sequence, job, crashes: crashes.get(sequence) ?? 0 }));
    return { left, lost: gaps.map((gap) => lostSpan(gap, acceptances, now)) };
  }

  #apply(
    { job, letter, gone }: DeliveryLine,
    position: JournalPosition,
    { isSeenNew = true, isLetterNew = true } = {},
  ): void {
    if (isAfter(position, this.#position)) this.#position = position;
    if (isSeenNew) {
      if (job !== undefined) this.seen.add(keysOf(job));
      // GitHub's own "Redeliver" button then works as a redrive too.
      if (letter?.job) this.seen.forget(keysOf(letter.job));
    }
    if (isLetterNew) {
      if (letter !== undefined) this.letters.add(letter);
      if (gone !== undefined) this.letters.remove(gone);
    }
  }
}

/** The finished jobs whose effects may be lost: records are missing between their acceptance and their completion. */
function doubtful(done: ReadonlyMap<number, Done>, gaps: readonly JournalGap[]): ReadonlyMap<number, Done> {
  const isDoubtful = (sequence: number, { doneAt }: Done): boolean =>
    gaps.some(({ after, before }) => sequence <= after.sequence && before.sequence <= doneAt);
  return new Map([...done].filter(([sequence, each]) => isDoubtful(sequence, each)));
}

/** Deliveries arrive out of order, so a span of lost ones is widened by this on both sides. */
const SPAN_MARGIN_MS = MINUTE_MS;
/** GitHub keeps deliveries for three days. */
const LONGEST_SPAN_MS = 3 * DAY_MS;

function lostSpan(
  { after, before }: JournalGap,
  acceptances: readonly { readonly sequence: number; readonly at: number }[],
  now: number,
): LostSpan {
  const from =
    acceptances.findLast(({ sequence }) => sequence <= after.sequence)?.at ?? now - LONGEST_SPAN_MS;
  const to = acceptances.find(({ sequence }) => sequence >= before.sequence)?.at ?? now;
  return { from: from - SPAN_MARGIN_MS, to: to + SPAN_MARGIN_MS };
}
