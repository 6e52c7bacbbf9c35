import type { Config } from './config.ts';
import { MACOS_RUNNERS, STANDARD_RUNNERS, valueForRunners, withLowerCaseLabels } from './runner-names.ts';

/** Jobs at once by GitHub plan (docs.github.com, "Usage limits"); macOS runners are counted by themselves too. */
const JOBS_AT_ONCE = {
  free: { all: 20, macos: 5 },
  pro: { all: 40, macos: 5 },
  team: { all: 60, macos: 5 },
  enterprise: { all: 500, macos: 50 },
} as const;

/** USD a minute from 2026-01-01 of GitHub's own runners, by how their label begins; the first that fits counts. */
const PRICES: readonly (readonly [label: RegExp, usd: number])[] = [
  [/^ubuntu-slim/, 0.002],
  [/^ubuntu.*-4-cores/, 0.012],
  [/^windows.*-4-cores/, 0.022],
  [/^macos.*-(large|12-cores)/, 0.077],
  [/^ubuntu/, 0.006],
  [/^windows/, 0.01],
  [/^macos/, 0.062],
];

/** USD a minute of one job with these labels; 0 where nothing is billed. A price that was written down counts first. */
export function pricePerMinute({ runners }: Config, labels: readonly string[]): number {
  for (const label of labels) {
    const written = valueForRunners(runners.prices, label);
    if (written !== undefined) return written;
  }
  if (!runners.billed) return 0;
  const known = labels.map((label) => PRICES.find(([start]) => start.test(label.toLowerCase()))?.[1]);
  return known.find((usd) => usd !== undefined) ?? 0;
}

/** Most jobs at once by name of the runners. */
export function jobLimits({ runners }: Config): Readonly<Record<string, number>> {
  const { all, macos } = JOBS_AT_ONCE[runners.plan];
  return { [STANDARD_RUNNERS]: all, [MACOS_RUNNERS]: macos, ...withLowerCaseLabels(runners['max-jobs']) };
}

/** Names of the runners that all repositories of the installation draw from, in order. */
export function sharedRunners({ runners }: Config): readonly string[] {
  return [...new Set(runners.shared.map((label) => label.toLowerCase()))].sort();
}
