/** Labels of GitHub's own runners. Every other label names self-hosted ones, which share a limit by label. */
const HOSTED = /^(ubuntu|windows|macos)/;
/** Labels that self-hosted runners of any group may have, so they do not tell one group from another. */
const COMMON_LABELS: ReadonlySet<string> = new Set(
  'self-hosted linux windows macos x64 arm64 arm'.split(' '),
);
/** The planner's name for runners of which nothing else is known. */
export const STANDARD_RUNNERS = 'standard';
export const MACOS_RUNNERS = 'macos';

/** Whether a job with these labels gets a fresh machine of GitHub's. */
export function isHosted(labels: readonly string[]): boolean {
  return labels.some((label) => isHostedLabel(label.toLowerCase()));
}

function isHostedLabel(plain: string): boolean {
  return HOSTED.test(plain) && !COMMON_LABELS.has(plain);
}

/** The name of the runners that a job with these labels takes. Jobs with the same name share a limit. */
export function runnersOf(labels: readonly string[]): string {
  const plain = labels.map((label) => label.toLowerCase());
  const hosted = plain.find(isHostedLabel);
  if (hosted !== undefined) return hosted.startsWith('macos') ? MACOS_RUNNERS : STANDARD_RUNNERS;
  if (plain.length === 0) return STANDARD_RUNNERS;
  return plain.find((label) => !COMMON_LABELS.has(label)) ?? 'self-hosted';
}

/** The value for the runners of that name; only own properties count, as a label may be `constructor`. */
export function valueForRunners<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Why a label cannot be shared: its runners have another name, or their number is not in the config. */
export function sharingProblem(
  label: string,
  maxJobs: Readonly<Record<string, number>>,
): { readonly sentence: string; readonly fix: string } | null {
  const lower = label.toLowerCase();
  if (lower === STANDARD_RUNNERS || lower === MACOS_RUNNERS) return null;
  const name = runnersOf([label]);
  if (name !== lower) {
    return { sentence: `"${label}" is no name of runners that can be shared.`, fix: `Write ${name}.` };
  }
  if (valueForRunners(withLowerCaseLabels(maxJobs), name) !== undefined) return null;
  return {
    sentence: `The runners "${label}" are shared, but not how many jobs they take at once.`,
    fix: `Write it beside, in the same file, for example max-jobs: { ${label}: 4 }.`,
  };
}

/** Limits by label in lower case: GitHub reads labels without regard to case. */
export function withLowerCaseLabels(
  maxJobs: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(maxJobs).map(([label, jobs]) => [label.toLowerCase(), jobs]));
}
