/** `type(scope)!: subject`, as conventionalcommits.org has it. */
const CONVENTIONAL = /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([^)]*\))?!?: \S/;

/** From this share of the newest titles on, a project counts as one with conventional titles. */
const HOUSE_STYLE_SHARE = 0.5;

/** A commit title from a capitalised `subject`: after `prefix`, else in the style of the project's newest titles. */
export function commitTitle(subject: string, recentTitles: readonly string[], prefix = ''): string {
  if (prefix !== '') return prefixed(subject, prefix);
  const titles = recentTitles.filter((title) => !title.startsWith('Merge '));
  const conventional = titles.filter((title) => CONVENTIONAL.test(title)).length;
  if (titles.length === 0 || conventional / titles.length < HOUSE_STYLE_SHARE) return subject;
  return `ci: ${subject.charAt(0).toLowerCase()}${subject.slice(1)}`;
}

/** After a colon the subject begins with a small letter, as conventional titles have it. */
function prefixed(subject: string, prefix: string): string {
  const start = prefix.trimEnd();
  const words = start.endsWith(':') ? `${subject.charAt(0).toLowerCase()}${subject.slice(1)}` : subject;
  return `${start} ${words}`;
}
