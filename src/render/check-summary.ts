import { CHECK_RULES } from './check-rules.ts';
import type { CheckReport } from './check-view.ts';
import { table, together } from './document.ts';
import { code, sentence } from './inline.ts';
import { count } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** Most rows: a summary takes a megabyte, and the annotations have all of them. */
const MAX_ROWS = 200;

/** What a check has found, as Markdown for the summary of a job. */
export function renderCheckSummary({ findings, summary }: CheckReport): string {
  const places = `${count(summary.schedules, 'schedule')} in ${count(summary.files, 'file')}`;
  const schedules = `${places}: ${count(summary.findings, 'finding')}, ${count(summary.notes, 'note')}.`;
  const rows = findings
    .slice(0, MAX_ROWS)
    .map(({ level, path, line, rule, message }) => [
      level,
      code(`${path}:${line}`),
      code(rule),
      sentence(message),
      sentence(CHECK_RULES[rule].help),
    ]);
  return toMarkdown([
    '## Schedules',
    together(schedules),
    table(['Level', 'Place', 'Rule', 'Found', 'What to do'], rows),
  ]);
}
