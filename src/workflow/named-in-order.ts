import { either } from '../either.ts';
import { fileNameOf } from './paths.ts';
import type { WorkflowFile } from './schedule.ts';

/** Words for a rhythm or an order: a comment means a workflow with such a name only where `.yml` follows it. */
const COMMON_WORD = either(
  'i',
  /^(?:runs?|every|hourly|daily|weekly|monthly|schedule[dr]?|cron|main)$/,
  /^(?:after|before|behind|ahead|prior|past|later|earlier|sooner|until|by|once|when|while|following|then|first|last)$/,
  /^(?:next|start|starts|end|done|ready|time|hours?|minutes?|days?|night|morning|utc)$/,
);
const FILE_NAME = /[\w-]\.ya?ml\b/i;

interface Order {
  /** The workflow whose comment states it. */
  readonly path: string;
  readonly words: string;
  readonly comment: string;
}

/**
 * Copies an order that a comment states to the schedules of the other workflow that it names. A comment such as
 * "2 h after nightly.yml" states the time between two workflows, so neither of them may move alone.
 */
export function withOrderAtBothEnds(files: readonly WorkflowFile[]): WorkflowFile[] {
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

/** Whether an order names this workflow: by file name, or, without any, by its name or that without ending. */
function isNamed({ path, name }: WorkflowFile, { words, comment }: Order): boolean {
  const fileName = fileNameOf(path);
  if (holdsWord(comment, fileName)) return true;
  if (FILE_NAME.test(words)) return false;
  const names = [fileName.replace(/\.ya?ml$/i, ''), ...(name === path ? [] : [name])];
  return names.some((one) => !COMMON_WORD.test(one) && holdsWord(words, one));
}

function holdsWord(text: string, word: string): boolean {
  const [where, what] = [text.toLowerCase(), word.toLowerCase()];
  const isInWord = (sign: string | undefined) => sign !== undefined && /[\p{L}\d_-]/u.test(sign);
  for (let at = where.indexOf(what); at !== -1; at = where.indexOf(what, at + 1)) {
    if (!isInWord(where[at - 1]) && !isInWord(where[at + what.length])) return true;
  }
  return false;
}
