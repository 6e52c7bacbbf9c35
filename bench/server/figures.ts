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

/** The value that a share (0–1) of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A figure for the record. */
export function shown(name: string, value: string): Figure {
  return { name, value, bar: '', met: null };
}

/** A figure that must not exceed its bar. */
export function atMost(name: string, value: number, bar: number, show: (value: number) => string): Figure {
  return { name, value: show(value), bar: `≤ ${show(bar)}`, met: value <= bar };
}

/** A figure that must reach its bar. */
export function atLeast(name: string, value: number, bar: number, show: (value: number) => string): Figure {
  return { name, value: show(value), bar: `≥ ${show(bar)}`, met: value >= bar };
}

/** A section as a table that `docs/decisions/measurements.md` can take as it is. */
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

export function times(value: number): string {
  return `× ${value.toFixed(2)}`;
}

export function milliseconds(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${whole(value)} ms`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
