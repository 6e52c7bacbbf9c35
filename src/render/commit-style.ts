/** `type(scope)!: subject`, as conventionalcommits.org has it. */
const CONVENTIONAL = /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([^)]*\))?!?: \S/;

/** From this share of a project's newest titles on, the house writes conventional ones. */
const HOUSE_STYLE_SHARE = 0.5;

/** `subject` (capitalised) as this project would write it, judged by the titles of its newest commits. */
export function commitTitle(subject: string, recentTitles: readonly string[]): string {
  const titles = recentTitles.filter((title) => !title.startsWith('Merge '));
  const conventional = titles.filter((title) => CONVENTIONAL.test(title)).length;
  if (titles.length === 0 || conventional / titles.length < HOUSE_STYLE_SHARE) return subject;
  return `ci: ${subject.charAt(0).toLowerCase()}${subject.slice(1)}`;
}
