import { CONFIG_PATH } from '../config/parse.ts';
import type { ConfigProblem } from '../config/problem.ts';
import { list } from './document.ts';
import { code, enumeration, sentence, words } from './inline.ts';
import { count } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** Identifies the comment among all others. */
export const CONFIG_CHECK_MARK = '<!-- offbeat:config -->';

/** The check's name among those of a commit. */
const CHECK_NAME = 'Offbeat configuration';

export interface ConfigCheck {
  readonly name: string;
  readonly sha: string;
  readonly passed: boolean;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

/** The check of a configuration: its problems by line. `strangers` are rules for files that do not exist. */
export function renderConfigCheck(
  sha: string,
  problems: readonly ConfigProblem[],
  strangers: readonly string[],
): ConfigCheck {
  const passed = problems.length === 0;
  const unknown =
    strangers.length === 0
      ? ''
      : words` No workflow file is named ${enumeration(strangers.map(code))}, so these rules have no effect.`;
  const file = code(CONFIG_PATH);
  return {
    name: CHECK_NAME,
    sha,
    passed,
    title: passed
      ? 'The configuration is valid'
      : `${count(problems.length, 'problem')} in the configuration`,
    summary: toMarkdown([
      passed
        ? words`Offbeat can read ${file}.${unknown}`
        : words`Until ${file} is valid, nothing is proposed. Runs are still watched and learned from.`,
    ]),
    annotations: problems.map(({ line, sentence: what, fix }) => ({
      path: CONFIG_PATH,
      line,
      message: `${what} ${fix}`,
    })),
  };
}

/** The same as a comment. */
export function renderConfigComment({ passed, title, summary, annotations }: ConfigCheck): string {
  const head = passed ? `**${title}** now.` : `**${title}.**`;
  return toMarkdown([
    `${CONFIG_CHECK_MARK}\n${head} ${summary}`,
    list(annotations.map(({ line, message }) => words`line ${line}: ${sentence(message)}`)),
  ]);
}
