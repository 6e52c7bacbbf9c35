/** Forecasts of each tick from the values known `ahead` ticks before it; index < ahead repeats the first value. */
export interface SimplePeer {
  readonly name: string;
  readonly forecast: (minutes: readonly number[], ahead: number) => readonly number[];
}

const EWMA_RATE = 0.3;

export const simplePeers: readonly SimplePeer[] = [
  { name: 'EWMA(0.3)', forecast: (minutes, ahead) => lagged(smoothed(minutes), ahead) },
  {
    name: 'median of 7',
    forecast: (minutes, ahead) =>
      lagged(
        minutes.map((_, t) => median(minutes.slice(Math.max(0, t - 6), t + 1))),
        ahead,
      ),
  },
  { name: 'last known value', forecast: (minutes, ahead) => lagged(minutes, ahead) },
];

function lagged(values: readonly number[], ahead: number): readonly number[] {
  return values.map((_, t) => values[Math.max(0, t - ahead)] ?? 0);
}

function smoothed(minutes: readonly number[]): readonly number[] {
  let level = minutes[0] ?? 0;
  return minutes.map((value) => {
    level += EWMA_RATE * (value - level);
    return level;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
