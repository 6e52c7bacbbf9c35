import type { WorkflowFile } from './schedule.ts';

/** Words of comments that tell of a rhythm: a file of such a name is meant only where its ending stands beside. */
const RHYTHM = /^(?:runs?|every|hourly|daily|weekly|monthly|schedule[dr]?|cron|main)$/i;
const FILE_NAME = /[\w-]\.ya?ml\b/i;

interface Order {
  /** The workflow in which it is said. */
  readonly path: string;
  readonly words: string;
  /** All that is said there. */
  readonly comment: string;
}

/**
 * The files with an order that a comment names noted at its other end too: in "2 h after nightly.yml" the time between
 * both is meant, so neither of them moves alone.
 */
export function withNamedInOrders(files: readonly WorkflowFile[]): WorkflowFile[] {
  const orders = files.flatMap(({ path, schedules }) =>
    schedules.flatMap(({ writtenOrder: words, comment = '' }): Order[] =>
      words === undefined ? [] : [{ path, words, comment: `${comment} ${words}` }],
    ),
  );
  return files.map((file) => {
    const order = orders.find((one) => one.path !== file.path && isNamed(file, one));
    if (order === undefined) return file;
    const noted = { writtenOrder: order.words, writtenOrderIn: order.path };
    const schedules = file.schedules.map((schedule) =>
      schedule.writtenOrder === undefined ? { ...schedule, ...noted } : schedule,
    );
    return { ...file, schedules };
  });
}

/** By its file anywhere in the comment; where the words of order name no file, by a name without an ending as well. */
function isNamed({ path, name }: WorkflowFile, { words, comment }: Order): boolean {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  if (holdsWord(comment, fileName)) return true;
  if (FILE_NAME.test(words)) return false;
  const names = [fileName.replace(/\.ya?ml$/i, ''), ...(name === path ? [] : [name])];
  return names.some((one) => !RHYTHM.test(one) && holdsWord(words, one));
}

function holdsWord(text: string, word: string): boolean {
  const [where, what] = [text.toLowerCase(), word.toLowerCase()];
  const isInWord = (sign: string | undefined) => sign !== undefined && /[\p{L}\d_-]/u.test(sign);
  for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + 1)) {
    if (!isInWord(where[at - 1]) && !isInWord(where[at + what.length])) return true;
  }
  return false;
}
