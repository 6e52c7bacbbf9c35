import { join } from 'node:path';
import { ifThere } from '../disk/disk-errors.ts';
import { isAfter, type JournalPosition } from '../disk/journal-position.ts';
import { listSegments, readSegment } from '../disk/journal-segment.ts';
import { DurableFile } from '../disk/json-document.ts';
import { DeadLetters } from './dead-letters.ts';
import { type DeliveryLine, LETTERS_FILE, LettersDocument } from './delivery-records.ts';
import type { DeadLetter } from './queue.ts';

/** Somebody who only reads: the process that holds the directory may be at work. */
const READER = {
  epoch: 0,
  isForeign: true,
  assertHeld: () => {
    throw new Error('A reader writes nothing.');
  },
};

/**
 * The dead letters of a data directory, oldest first: those of the document, and of the journal after it. Takes no lock
 * and changes nothing. Throws `store-damaged` where the document is not what was written.
 */
export async function readDeadLetters(directory: string): Promise<readonly DeadLetter[]> {
  const file = new DurableFile(join(directory, LETTERS_FILE), LettersDocument, READER);
  const document = await file.read();
  const letters = new DeadLetters();
  for (const letter of document?.letters ?? []) letters.add(letter);
  const segments = (await ifThere(listSegments(join(directory, 'journal')))) ?? [];
  for (const { path, epoch } of segments) {
    for await (const { record } of readSegment(path)) {
      if (record === undefined || !isOfLetter(record.body)) continue;
      const position: JournalPosition = { epoch, sequence: record.sequence };
      if (document !== null && !isAfter(position, document.position)) continue;
      const { letter, gone }: DeliveryLine = JSON.parse(record.body);
      if (letter !== undefined) letters.add(letter);
      if (gone !== undefined) letters.remove(gone);
    }
  }
  return letters.list();
}

/** Most records are of runs, which are long; `gone` may follow a job. */
function isOfLetter(body: string): boolean {
  return body.startsWith('{"letter":') || (!body.startsWith('{"repositoryId":') && body.includes('"gone":'));
}
