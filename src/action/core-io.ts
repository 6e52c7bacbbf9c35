import type * as core from '@actions/core';
import type { ActionIo } from './io.ts';

type Core = Pick<
  typeof core,
  'getInput' | 'setOutput' | 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'summary' | 'setFailed'
>;

/** The input and output of a step by @actions/core. `hasSummary` is false on a GitHub Enterprise Server without one. */
export function coreIo(
  { getInput, setOutput, debug, info, notice, warning, error, summary, setFailed }: Core,
  hasSummary: boolean,
): ActionIo {
  return {
    input: (name) => getInput(name),
    output: setOutput,
    debug,
    // @actions/core escapes the text of the other functions, not of this one.
    info: (text) => info(inertLine(text)),
    notice,
    warning,
    error,
    summarise: async (markdown) => {
      if (hasSummary) await summary.addRaw(markdown, true).write();
    },
    fail: setFailed,
  };
}

/**
 * The text as one line that a runner does not take for a command. A runner reads `::command::` at the start of a line,
 * after spaces too, and `##[command]` anywhere in it (docs: "Workflow commands"). Names of files and
 * branches may have either.
 */
function inertLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('##[', '## [')
    .replace(/^\s*::/, '- ::');
}
