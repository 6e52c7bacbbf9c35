import type { OnTimeWorkflow } from './check-view.ts';
import { type Block, details, list } from './document.ts';
import { code, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count } from './quantity.ts';

/** How many workflows could be started on their minute. */
export function onTimeSummary(workflows: readonly OnTimeWorkflow[]): string {
  const possible = workflows.filter((workflow) => workflow.possible).length;
  const whose = possible === 1 || workflows.length === 1 ? 'its' : 'their';
  return `${possible} of ${count(workflows.length, 'workflow')} could be started on ${whose} minute by Offbeat.`;
}

/** The first thing that stands in the way, with its place and how many there are besides; empty where there is none. */
export function firstObstacle({ path, obstacles }: Pick<OnTimeWorkflow, 'path' | 'obstacles'>): string {
  const [first] = obstacles;
  if (first === undefined) return '';
  const place = first.path === path ? `Line ${first.line}` : `${first.path}:${first.line}`;
  const others = obstacles.length - 1;
  const more = others === 0 ? '' : ` (and ${others} more)`;
  const kind = first.kind === 'warning' ? 'Possible. ' : '';
  return `${kind}${place}: ${[first.sentence, first.fix].join(' ').trim()}${more}`;
}

/** Which workflows could be started on their minute, and, folded, a line for each that could not. */
export function onTimeBlock(workflows: readonly OnTimeWorkflow[]): Block {
  const items = workflows
    .filter(({ obstacles }) => obstacles.length > 0)
    .map((workflow) => words`${code(fileName(workflow.path))}: ${sentence(firstObstacle(workflow))}`);
  const summary = onTimeSummary(workflows);
  // Folded around nothing it would not be shown.
  if (items.length === 0) {
    return workflows.some(({ mode }) => mode === 'off')
      ? words`${summary} ${code('# offbeat: punctual')} beside a cron asks for it.`
      : `${summary} The files ask for it.`;
  }
  return details(summary, list(items));
}
