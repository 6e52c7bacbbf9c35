/** Where a command writes, and how. */
export interface Output {
  readonly write: (text: string) => void;
  readonly error: (text: string) => void;
  /** ANSI colours are welcome. */
  readonly color: boolean;
  /** Cells of a line, where a terminal shows it. */
  readonly columns?: number;
  /** Replaces the line at the foot of the terminal; left out where no terminal shows it. */
  readonly status?: (text: string) => void;
}

/** To the first column, and everything behind it away. */
const CLEAR_LINE = '\r\u001b[K';

/** Colours where a person reads (https://no-color.org is respected), none in a pipe. */
export function processOutput(): Output {
  leaveWithReader(process.stdout);
  const wanted = process.env.NO_COLOR === undefined || process.env.NO_COLOR === '';
  return {
    write: (text) => process.stdout.write(whole(text)),
    error: (text) => process.stderr.write(whole(text)),
    color: wanted && process.stdout.isTTY === true,
    ...(process.stdout.isTTY === true ? { columns: process.stdout.columns } : {}),
    ...(process.stderr.isTTY === true
      ? { status: (text: string) => void process.stderr.write(`${CLEAR_LINE}${text}`) }
      : {}),
  };
}

/** Whoever read has seen enough, as `head` does after its lines: there is nobody left to work for, and nothing to report. */
function leaveWithReader(stream: NodeJS.WriteStream): void {
  if (stream.listenerCount('error') > 0) return;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

/** Whole lines; nothing stays nothing, so that an empty diff is one. */
function whole(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
