/** A column of a terminal table. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

/** Code points that a terminal shows two cells wide (Unicode East Asian Width W and F, and emoji). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /^\p{M}$|^\p{Cf}$/u;
/** A control sequence that paints. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal are control sequences.
export const COLOUR = /\u001b\[[0-9;]*m/g;

/** Most text is this, and takes a cell a sign. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Cells that `text` takes in a terminal; colour sequences take none. */
export function displayWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.replace(COLOUR, ''))) {
    if (WIDE.test(segment)) width += 2;
    else if (!MARK.test(segment)) width += 1;
  }
  return width;
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? `${room}${text}` : `${text}${room}`;
}

/** Rows under their heads, columns aligned, two spaces between; no line ends in spaces. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map(({ head }) => head);
  const widths = columns.map((_, at) =>
    Math.max(...[heads, ...rows].map((row) => displayWidth(row[at] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align = 'left' }, at) => pad(row[at] ?? '', widths[at] ?? 0, align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(heads), rule, ...rows.map(line)].join('\n');
}
