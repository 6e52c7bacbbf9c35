/** One figure beside its bar. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly bar: string;
  /** `null` where the figure is shown for the record only. */
  readonly met: boolean | null;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** A section as a table that `docs/benchmarks.md` can take as it is. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(
    ({ name, value, bar, met }) =>
      `| ${name} | ${value} | ${bar}${met === false ? ' **missed**' : met === true ? ' met' : ''} |`,
  );
  return ['| | measured | wanted |', '|---|---|---|', ...rows].join('\n');
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
