import { either } from '../either.ts';
import { isWorkflowPath } from './paths.ts';

/** A file of a commit, as a git tree lists it. */
export interface ListedFile {
  readonly path: string;
  /** Hash of its blob. */
  readonly sha: string;
  readonly bytes: number;
}

/** A line (1-based) on which a cron stands. */
export interface CronCopy {
  readonly path: string;
  readonly line: number;
  readonly cron: string;
}

/** Documentation, configuration and templates; code that holds a cron as text seldom follows a workflow. */
const TEXT_FILE = either(
  'i',
  /\.(?:md|mdx|markdown|rst|adoc|txt|html)$/,
  /\.(?:ya?ml|json|jsonc|json5|toml|ini|cfg|tf)$/,
  /\.(?:tmpl|tpl|template|j2|jinja2?|ejs|erb|hbs|mustache|liquid)$/,
);
const COPIED_FROM_ELSEWHERE = /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|\.git)\//i;
const GENERATED = /(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json|CHANGELOG[^/]*)$/i;
/** A longer text is data or a history. */
const MOST_BYTES = 100_000;
/** What people name files that tell of schedules. */
const TELLING = /workflow|schedul|cron|nightly|template|readme|contributing|docs?\/|\bci\b|github/i;

/** Files that may hold a copy of a cron, the likeliest first, without workflow files, whose crons are their own. */
export function filesForCopies(files: readonly ListedFile[]): readonly ListedFile[] {
  const depth = ({ path }: ListedFile): number => path.split('/').length;
  const rank = (file: ListedFile): number => (TELLING.test(file.path) ? 0 : 1);
  return files
    .filter(
      ({ path, bytes }) =>
        bytes <= MOST_BYTES &&
        TEXT_FILE.test(path) &&
        !isWorkflowPath(path) &&
        !COPIED_FROM_ELSEWHERE.test(path) &&
        !GENERATED.test(path),
    )
    .toSorted(
      (one, other) =>
        rank(one) - rank(other) || depth(one) - depth(other) || (one.path < other.path ? -1 : 1),
    );
}

/** Lines of a text on which one of the crons stands by itself: not as a part of a longer one. */
export function findCronCopies(
  { path, text }: { readonly path: string; readonly text: string },
  crons: readonly string[],
): readonly CronCopy[] {
  const patterns = [...new Set(crons)].map((cron) => ({ cron, pattern: standingAlone(cron) }));
  return text.split('\n').flatMap((line, index): readonly CronCopy[] => {
    // The sign of a list item could be a field of a longer cron.
    const item = line.replace(LIST_ITEM, '');
    return patterns
      .filter(({ pattern }) => pattern.test(line) || pattern.test(item))
      .map(({ cron }) => ({ path, line: index + 1, cron }));
  });
}

const LIST_ITEM = /^\s*[-*+]\s+/;

/** The cron with spaces of any length, asterisks escaped as in Markdown or not; nothing else needs escaping. */
function standingAlone(cron: string): RegExp {
  const fields = cron.split(/ +/).map((field) => field.replaceAll('*', '\\\\?\\*'));
  // A longer field, or one field more, is another cron; a comma or full stop of the sentence is none of it.
  const before = String.raw`(?<![\w*/-])(?<![\d*],)(?<![\d*][ \t])`;
  const after = String.raw`(?![\w*/-]|,[\w*])(?![ \t]+[\d*\\])`;
  return new RegExp(`${before}${fields.join('[ \\t]+')}${after}`);
}
