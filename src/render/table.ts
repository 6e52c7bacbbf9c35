import stringWidth from 'string-width';

/** A column of a terminal table. */
export interface Column {
  readonly head: string;
  readonly align?: 'left' | 'right';
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const room = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'right' ? `${room}${text}` : `${text}${room}`;
}

/** Rows under their heads, columns aligned, two spaces between; no line ends in spaces. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const heads = columns.map(({ head }) => head);
  const widths = columns.map((_, at) =>
    Math.max(...[heads, ...rows].map((row) => stringWidth(row[at] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align = 'left' }, at) => pad(row[at] ?? '', widths[at] ?? 0, align))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(heads), rule, ...rows.map(line)].join('\n');
}
