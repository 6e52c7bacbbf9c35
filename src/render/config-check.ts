import { CONFIG_PATH, UNREAD_CONFIG_PATH } from '../config/parse.ts';
import { type ConfigProblem, MOST_PROBLEMS } from '../config/problem.ts';
import { shorten } from '../workflow/document.ts';
import { list } from './document.ts';
import { code, enumeration, sentence, words } from './inline.ts';
import { count } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** Identifies the comment among all others. */
export const CONFIG_CHECK_MARK = '<!-- offbeat:config -->';

/** GitHub refuses summaries over 64 KB. */
const MOST_NAMED = 20;

const CHECK_NAME = 'Offbeat configuration';

export interface ConfigCheck {
  readonly name: string;
  readonly sha: string;
  readonly passed: boolean;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly { readonly path: string; readonly line: number; readonly message: string }[];
}

export interface ConfigFindings {
  readonly problems: readonly ConfigProblem[];
  /** Names in rules that no workflow file has. */
  readonly unknownFiles: readonly string[];
  /** True where there is a file of the name that is not read. */
  readonly isMisnamed: boolean;
}

/** The check of a configuration: its problems by line. */
export function renderConfigCheck(
  sha: string,
  { problems, unknownFiles, isMisnamed }: ConfigFindings,
): ConfigCheck {
  const isValid = problems.length === 0;
  const isCut = problems.length >= MOST_PROBLEMS;
  const passed = isValid && !isMisnamed;
  const named = unknownFiles.slice(0, MOST_NAMED).map((name) => code(shorten(name)));
  const left = unknownFiles.length - named.length;
  const all = enumeration(left > 0 ? [...named, count(left, 'other')] : named);
  const unknown =
    unknownFiles.length === 0 ? '' : words` No workflow file is named ${all}, so these rules have no effect.`;
  const file = code(CONFIG_PATH);
  return {
    name: CHECK_NAME,
    sha,
    passed,
    title: passed
      ? 'The configuration is valid'
      : `${isCut ? 'At least ' : ''}${count(problems.length + (isMisnamed ? 1 : 0), 'problem')} in the configuration`,
    summary: toMarkdown([
      isMisnamed ? words`Offbeat reads ${file} only: ${code(UNREAD_CONFIG_PATH)} has no effect.` : '',
      passed ? words`Offbeat can read ${file}.${unknown}` : '',
      isValid
        ? ''
        : words`Until ${file} is valid, nothing is proposed. Runs are still watched and learned from.`,
    ]),
    annotations: [
      ...problems.map(({ line, sentence: what, fix }) => ({
        path: CONFIG_PATH,
        line,
        message: `${what} ${fix}`,
      })),
      ...(isMisnamed
        ? [
            {
              path: UNREAD_CONFIG_PATH,
              line: 1,
              message: `${UNREAD_CONFIG_PATH} is not read. Rename it to ${CONFIG_PATH}.`,
            },
          ]
        : []),
    ],
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
