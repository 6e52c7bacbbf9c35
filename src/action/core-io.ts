import type * as core from '@actions/core';
import type { ActionIo } from './io.ts';

type Core = Pick<
  typeof core,
  'getInput' | 'setOutput' | 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'summary' | 'setFailed'
>;

/**
 * What a step reads and writes, by @actions/core. `hasSummary` is false on a GitHub Enterprise Server that shows none.
 */
export function coreIo(
  { getInput, setOutput, debug, info, notice, warning, error, summary, setFailed }: Core,
  hasSummary: boolean,
): ActionIo {
  return {
    input: (name) => getInput(name),
    output: setOutput,
    debug,
    // The only one that @actions/core writes as it is.
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
 * One line that a runner takes for no command. It reads `::command::` at the start of a line, after spaces too, and
 * `##[command]` anywhere in one (docs: "Workflow commands"); anybody may call a file or a branch so.
 */
function inertLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replaceAll('##[', '## [')
    .replace(/^\s*::/, '- ::');
}
