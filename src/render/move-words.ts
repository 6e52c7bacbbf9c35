import { describeCron } from '../cron/words.ts';
import type { ScheduleDecision } from '../plan/decision.ts';
import { code, type Inline, LINE_BREAK, name, strong, variant, words } from './inline.ts';

/** A cron in words, without any text of others; empty where it cannot be described. */
export function cronWords(cron: string, timezone: string): string {
  try {
    return describeCron(cron, timezone);
  } catch {
    return '';
  }
}

/** A cell with a cron and, on a line below, its description. A terminal has no room for that. */
export function cronCell(cron: string, timezone: string): Inline {
  const description = cronWords(cron, timezone);
  if (description === '') return code(cron);
  return variant({
    markdown: words`${code(cron)}${LINE_BREAK}${name(description)}`,
    terminal: code(cron),
  });
}

/** File name of a workflow, without the folder that all of them share. */
export function fileName(path: string): string {
  return path.replace(/^\.github\/workflows\//, '');
}

/** Name and file of a workflow; only the file in a terminal, and where it has no name of its own. */
export function workflowCell({
  workflowName,
  path,
}: Pick<ScheduleDecision, 'workflowName' | 'path'>): Inline {
  const file = code(fileName(path));
  return workflowName === path || workflowName === ''
    ? file
    : variant({ markdown: words`${strong(name(workflowName))}${LINE_BREAK}${file}`, terminal: file });
}

/** A reference to a workflow within a sentence: its name, or its file where it has no name of its own. */
export function workflowName({
  workflowName: named,
  path,
}: Pick<ScheduleDecision, 'workflowName' | 'path'>): Inline {
  return named === path || named === '' ? code(fileName(path)) : name(named);
}
