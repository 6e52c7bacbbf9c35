import { join } from 'node:path';
import { z } from 'zod';
import type { DataDirectory } from '../disk/data-directory.ts';
import type { JournalGap } from '../disk/journal.ts';
import { BEFORE_ALL_RECORDS, isAfter, JournalPosition } from '../disk/journal-position.ts';
import { type RecordPlace, readRecord } from '../disk/journal-segment.ts';
import { DurableFile, readDocument, stampOf, writeDocument } from '../disk/json-document.ts';
import { DeadLetters } from './dead-letters.ts';
import { DeadLetter, Job, keysOf } from './queue.ts';
import { SeenKeys } from './seen-keys.ts';

/** What a record of the queue says. The journal has checked that it is what was written. */
export interface DeliveryLine {
  /** Accepted. */
  readonly job?: Job;
  /** Sequence of a job that is done. */
  readonly done?: number;
  /** Sequence of a job left over from another process that is begun once more. */
  readonly begun?: number;
  /** That try came to an end, whichever: the process has survived it. */
  readonly ended?: number;
  readonly letter?: DeadLetter;
  /** Id of a dead letter that is gone. */
  readonly gone?: string;
}

/** A job that is not known to be done. */
export interface LeftOver {
  readonly sequence: number;
  readonly job: Job;
  /** How often a process has ended while it was being handled. */
  readonly crashes: number;
}

/** Deliveries accepted in this span (epoch ms) may be lost: their records cannot be read. */
export interface LostSpan {
  readonly from: number;
  readonly to: number;
}

const SeenDocument = z.object({ version: z.literal(1), position: JournalPosition, seen: z.base64() });
const LettersDocument = z.object({
  version: z.literal(1),
  position: JournalPosition,
  letters: z.array(DeadLetter),
});

interface Done {
  readonly place: RecordPlace;
  /** Sequence of the record that says so. */
  readonly saidAt: number;
}

/**
 * What the queue has written into the journal of a data directory, and the two documents that hold what outlives the
 * journal.
 */
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
    this.#lettersFile = new DurableFile(join(data.path, 'dead_letters.json'), LettersDocument, data);
  }

  /** Makes a line durable, then lets it take effect. Resolves with its sequence. */
  async append(line: DeliveryLine): Promise<number> {
    const position = await this.#data.journal.append(JSON.stringify(line));
    this.#takeEffect(line, position);
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
   * Reads documents and journal. Returns the jobs that are not known to be done, in the order accepted: also those at
   * which records were lost between their acceptance and their end, as one of these may have been an effect of theirs.
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
    const [seenPosition, lettersPosition] = [seen.data, letters.data].map(
      (document) => document?.position ?? BEFORE_ALL_RECORDS,
    ) as [JournalPosition, JournalPosition];
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
      const settled = [...(line.done === undefined ? [] : [line.done]), ...jobOfLetter(line.letter)];
      for (const job of settled) {
        const known = open.get(job);
        // Said a second time of a job that was handled again: nothing of it is in doubt any more.
        done.delete(job);
        if (known === undefined) continue;
        open.delete(job);
        done.set(job, { place: known.place, saidAt: sequence });
      }
      if (line.begun !== undefined) crashes.set(line.begun, (crashes.get(line.begun) ?? 0) + 1);
      if (line.ended !== undefined) crashes.delete(line.ended);
      this.#takeEffect(line, position, {
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

  #takeEffect(
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

const LETTER_ID = /^job-(?<sequence>\d+)$/;

/** The id of the dead letter of a job. */
export function letterIdOf(sequence: number): string {
  return `job-${sequence}`;
}

/** The job that a letter is about: it is settled with it. */
function jobOfLetter(letter: DeadLetter | undefined): readonly number[] {
  const sequence = LETTER_ID.exec(letter?.id ?? '')?.groups?.sequence;
  return sequence === undefined ? [] : [Number(sequence)];
}

/** Jobs done of which a record may be lost: there is a gap between their acceptance and the word of their end. */
function doubtful(done: ReadonlyMap<number, Done>, gaps: readonly JournalGap[]): ReadonlyMap<number, Done> {
  const isDoubtful = (sequence: number, { saidAt }: Done): boolean =>
    gaps.some(({ after, before }) => sequence <= after.sequence && before.sequence <= saidAt);
  return new Map([...done].filter(([sequence, each]) => isDoubtful(sequence, each)));
}

/** GitHub may have sent what was lost a little before the delivery before it, and a little after the one after it. */
const SPAN_MARGIN_MS = 60_000;
/** GitHub keeps deliveries for three days. */
const LONGEST_SPAN_MS = 3 * 86_400_000;

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
