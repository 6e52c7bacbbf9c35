import stringWidth from 'string-width';
import type { Column } from './document.ts';

/** Cells between two columns, and in front of columns that are folded onto a line below. */
const GAP = 2;

/** Lines of a table without spaces at their ends; columns that do not fit into `width` go below, two cells in. */
export function terminalTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const heads = columns.map(({ head }) => head);
  const widths = columns.map((_, at) =>
    Math.max(...[heads, ...rows].map((row) => stringWidth(row[at] ?? ''))),
  );
  const groups = columnGroups(widths, width);
  const linesOf = (row: readonly string[]): readonly string[] =>
    groups
      .map((group, at) => {
        const cells = group.map((column) =>
          padded(row[column] ?? '', widths[column] ?? 0, columns[column]?.align === 'right'),
        );
        return `${at === 0 ? '' : ' '.repeat(GAP)}${cells.join(' '.repeat(GAP))}`.trimEnd();
      })
      .filter((line, at) => at === 0 || line !== '');
  const rule =
    groups.length === 1
      ? widths.map((cells) => '─'.repeat(cells)).join(' '.repeat(GAP))
      : '─'.repeat(widthOf(groups[0] ?? [], widths));
  return [...linesOf(heads), rule, ...rows.flatMap(linesOf)];
}

/** The columns by line: as many from the left as fit, at least one. */
function columnGroups(widths: readonly number[], width: number): readonly (readonly number[])[] {
  const groups: number[][] = [[]];
  for (const column of widths.keys()) {
    const group = groups.at(-1) ?? [];
    const indent = groups.length === 1 ? 0 : GAP;
    if (group.length > 0 && indent + widthOf([...group, column], widths) > width) groups.push([column]);
    else group.push(column);
  }
  return groups;
}

function widthOf(group: readonly number[], widths: readonly number[]): number {
  return group.reduce((sum, column) => sum + (widths[column] ?? 0), GAP * Math.max(0, group.length - 1));
}

function padded(text: string, width: number, right: boolean): string {
  const room = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? `${room}${text}` : `${text}${room}`;
}
