import type { Rename } from './identity.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** Share of equal lines from which a file is the one that has gone; git asks a half, but workflows are alike. */
const NEARLY_EQUAL = 0.7;

/** Files of `before` at another path in `after`, gone there and come with nearly equal text; pushes name no renames. */
export function findRenames(before: readonly TextFile[], after: readonly TextFile[]): readonly Rename[] {
  const gone = before.filter(({ path }) => after.every((file) => file.path !== path));
  const come = after.filter(({ path }) => before.every((file) => file.path !== path));
  const pairs = gone
    .flatMap((from) =>
      come.map((to) => ({ from: from.path, to: to.path, share: equalLines(from.text, to.text) })),
    )
    .filter(({ share }) => share >= NEARLY_EQUAL)
    .sort((one, other) => other.share - one.share);
  const renames: Rename[] = [];
  for (const { from, to } of pairs) {
    if (renames.every((known) => known.from !== from && known.to !== to)) renames.push({ from, to });
  }
  return renames;
}

/** Share of the lines of two texts that both have, blank ones aside: 0 to 1. */
function equalLines(one: string, other: string): number {
  const lines = linesOf(one);
  const others = linesOf(other);
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  let equal = 0;
  for (const line of lines) {
    const count = left.get(line) ?? 0;
    if (count === 0) continue;
    left.set(line, count - 1);
    equal += 1;
  }
  return lines.length + others.length === 0 ? 0 : (2 * equal) / (lines.length + others.length);
}

function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
