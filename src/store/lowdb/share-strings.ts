import type { Run } from '../../history/run.ts';

/**
 * The same runs with equal texts held once: a parser makes a new string of every path, branch and commit it meets,
 * and in a history the same few come again and again. Halves what a history weighs in memory.
 */
export function shareStrings(runs: readonly Run[]): readonly Run[] {
  const known = new Map<string, string>();
  const share = (text: string): string => {
    const there = known.get(text);
    if (there !== undefined) return there;
    known.set(text, text);
    return text;
  };
  const shareIfAny = (text: string | null): string | null => (text === null ? null : share(text));
  return runs.map((run) => ({
    ...run,
    path: share(run.path),
    event: share(run.event),
    headSha: share(run.headSha),
    headBranch: shareIfAny(run.headBranch),
    actor: shareIfAny(run.actor),
    scheduleKey: shareIfAny(run.scheduleKey),
  }));
}
