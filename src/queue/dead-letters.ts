import { openJournal } from '../disk/journal.ts';
import { DeadLetter } from './queue.ts';

/** An operator reads these; more than this many are one fault many times over. */
const MAX_LETTERS = 1_000;
/** Lines about letters that are gone, kept before the file is written anew at the next start. */
const MAX_STALE_LINES = 1_000;

/** What could not be processed, on the disk. The oldest make room for new ones beyond `MAX_LETTERS`. */
export interface DeadLetters {
  readonly size: number;
  list(): readonly DeadLetter[];
  /** Keeps a letter; one with the same id is replaced. */
  add(letter: DeadLetter): Promise<void>;
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the list kept in `directory`. */
export async function openDeadLetters(directory: string): Promise<DeadLetters> {
  const journal = await openJournal({ directory });
  const letters = new Map<string, DeadLetter>();
  let lines = 0;
  await journal.walk(0, ({ body }) => {
    lines += 1;
    const line: { letter?: unknown; gone?: string } = JSON.parse(body);
    if (line.gone !== undefined) letters.delete(line.gone);
    const letter = DeadLetter.safeParse(line.letter);
    if (letter.success) remember(letter.data);
  });
  if (lines > letters.size + MAX_STALE_LINES) {
    const through = journal.lastSequence;
    for (const letter of letters.values()) await journal.append(JSON.stringify({ letter }));
    await journal.dropThrough(through);
  }

  function remember(letter: DeadLetter): void {
    letters.delete(letter.id);
    letters.set(letter.id, letter);
    const oldest = letters.keys().next();
    if (letters.size > MAX_LETTERS && !oldest.done) letters.delete(oldest.value);
  }

  return {
    get size() {
      return letters.size;
    },
    list: () => [...letters.values()],
    async add(letter) {
      await journal.append(JSON.stringify({ letter }));
      remember(letter);
    },
    async remove(id) {
      await journal.append(JSON.stringify({ gone: id }));
      letters.delete(id);
    },
    close: () => journal.close(),
  };
}
