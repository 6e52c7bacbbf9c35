import { visibleText } from '../visible-text.ts';

/** Where and how a command writes. */
export interface Output {
  readonly write: (text: string) => void;
  readonly error: (text: string) => void;
  /** Whether to use ANSI colours. */
  readonly color: boolean;
  /** Cells of a line; missing where no terminal shows it. */
  readonly columns?: number;
  /** Replaces the last line of the terminal; missing where no terminal shows it. */
  readonly status?: (text: string) => void;
}

/** Moves to the first column and clears the line. */
const CLEAR_LINE = '\r\u001b[K';

/** Standard output and standard error, with colours in a terminal unless NO_COLOR is set (https://no-color.org). */
export function processOutput(): Output {
  leaveWithReader(process.stdout);
  const wanted = process.env.NO_COLOR === undefined || process.env.NO_COLOR === '';
  return {
    write: (text) => process.stdout.write(whole(text)),
    // Sentences name files and branches, which anybody may call so that a terminal takes them for commands.
    error: (text) => process.stderr.write(whole(visibleText(text))),
    color: wanted && process.stdout.isTTY === true,
    ...(process.stdout.isTTY === true ? { columns: process.stdout.columns } : {}),
    ...(process.stderr.isTTY === true
      ? { status: (text: string) => void process.stderr.write(`${CLEAR_LINE}${text}`) }
      : {}),
  };
}

/** Exits without an error when the reader has closed the pipe, as `head` does. */
function leaveWithReader(stream: NodeJS.WriteStream): void {
  if (stream.listenerCount('error') > 0) return;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Text with a line end. Empty text stays empty, so that an empty diff is empty. */
function whole(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
