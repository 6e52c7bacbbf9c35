import stringWidth from 'string-width';

/** Lines of at most `width` cells, broken at spaces. A word that is longer has a line of its own. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const cells = stringWidth(word);
    if (line !== '' && used + 1 + cells > width) {
      lines.push(line);
      line = word;
      used = cells;
    } else {
      used += line === '' ? cells : 1 + cells;
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** A bullet, or a name with its value two spaces on: the lines below stand under what follows it. */
const LEADS = [/^ *- /, /^ *\S+(?: \S+)* {2,}(?=\S)/];

/** A line as lines of `width` cells: after a bullet or name under where it began, else two cells farther in. */
export function wrapLine(line: string, width: number): readonly string[] {
  if (stringWidth(line) <= width) return [line];
  const lead = LEADS.map((pattern) => pattern.exec(line)?.[0] ?? '').find(
    (text) => text !== '' && stringWidth(text) <= width / 2,
  );
  const kept = lead ?? /^ */.exec(line)?.[0] ?? '';
  const hang = lead === undefined && kept !== '' ? kept.length + 2 : stringWidth(kept);
  return wrapWords(line.slice(kept.length), width - hang).map((part, at) =>
    at === 0 ? `${kept}${part}` : `${' '.repeat(hang)}${part}`,
  );
}

/** Text of several lines, each wrapped; as it is where no width is known. */
export function wrapOutput(text: string, width: number = Number.POSITIVE_INFINITY): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}
