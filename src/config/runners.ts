import type { Config } from './config.ts';

/** Jobs at once by GitHub plan (docs.github.com, "Usage limits"); macOS runners are counted by themselves too. */
const JOBS_AT_ONCE = {
  free: { all: 20, macos: 5 },
  pro: { all: 40, macos: 5 },
  team: { all: 60, macos: 5 },
  enterprise: { all: 500, macos: 50 },
} as const;

/** USD a minute from 2026-01-01 of GitHub's own runners, by what their label begins with; the first that fits counts. */
const PRICES: readonly (readonly [label: RegExp, usd: number])[] = [
  [/^ubuntu-slim/, 0.002],
  [/^ubuntu.*-4-cores/, 0.012],
  [/^windows.*-4-cores/, 0.022],
  [/^macos.*-(large|12-cores)/, 0.077],
  [/^ubuntu/, 0.006],
  [/^windows/, 0.01],
  [/^macos/, 0.062],
];

/** Runners of GitHub's own; every other label names some of somebody's own, which share a limit of their own. */
const HOSTED = /^(ubuntu|windows|macos)/;
/** Labels that every self-hosted runner has: they tell no group from another. */
const COMMON_LABELS = new Set(['self-hosted', 'linux', 'windows', 'macos', 'x64', 'arm64', 'arm']);
/** The planner's name for runners of which nothing else is known. */
export const STANDARD_RUNNERS = 'standard';
export const MACOS_RUNNERS = 'macos';

/** Which runners a job with these labels takes: jobs of one name share a limit. */
export function runnersOf(labels: readonly string[]): string {
  const plain = labels.map((label) => label.toLowerCase());
  const hosted = plain.find((label) => HOSTED.test(label) && !COMMON_LABELS.has(label));
  if (hosted !== undefined) return hosted.startsWith('macos') ? MACOS_RUNNERS : STANDARD_RUNNERS;
  if (plain.length === 0) return STANDARD_RUNNERS;
  return plain.find((label) => !COMMON_LABELS.has(label)) ?? 'self-hosted';
}

/** USD a minute of one job with these labels; 0 where nothing is billed. A price that was written down counts first. */
export function pricePerMinute({ runners }: Config, labels: readonly string[]): number {
  for (const label of labels) {
    const written = runners.prices[label];
    if (written !== undefined) return written;
  }
  if (!runners.billed) return 0;
  const known = labels.map((label) => PRICES.find(([start]) => start.test(label.toLowerCase()))?.[1]);
  return known.find((usd) => usd !== undefined) ?? 0;
}

/** Most jobs at once by name of the runners. */
export function jobLimits({ runners }: Config): Readonly<Record<string, number>> {
  const { all, macos } = JOBS_AT_ONCE[runners.plan];
  return { [STANDARD_RUNNERS]: all, [MACOS_RUNNERS]: macos, ...runners['max-jobs'] };
}
