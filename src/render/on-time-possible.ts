import type { OnTimeWorkflow } from './check-view.ts';
import { type Block, details, list } from './document.ts';
import { code, enumeration, sentence, words } from './inline.ts';
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

/** A sentence about a file that stands further up already. */
export interface ToldSentence {
  readonly path: string;
  readonly sentence: string;
}

/** Workflows with something in the way: those of which it has to be said, and those of which all is said above. */
export interface Hindered {
  readonly named: readonly Pick<OnTimeWorkflow, 'path' | 'obstacles'>[];
  readonly saidAbove: readonly string[];
}

/** Leaves out obstacles that are told already, with or without their place in the file. */
export function hinderedAmong(workflows: readonly OnTimeWorkflow[], told: readonly ToldSentence[]): Hindered {
  const keyOf = (path: string, text: string): string => JSON.stringify([path, withoutPlace(text)]);
  const known = new Set(told.map(({ path, sentence: text }) => keyOf(path, text)));
  const hindered = workflows
    .filter(({ obstacles }) => obstacles.length > 0)
    .map(({ path, obstacles }) => ({
      path,
      obstacles: obstacles.filter((one) => !known.has(keyOf(one.path, one.sentence))),
    }));
  return {
    named: hindered.filter(({ obstacles }) => obstacles.length > 0),
    saidAbove: hindered.filter(({ obstacles }) => obstacles.length === 0).map(({ path }) => path),
  };
}

/** What is said of workflows whose reasons stand above. */
export const FOR_REASON_ABOVE = 'for the reason given above.';

/** A sentence without its place in the file at the beginning. */
export function withoutPlace(text: string): string {
  const rest = text.replace(/^Line \d+(?:, column \d+)?: /, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** Which workflows could be started on their minute; folded, which not. `told`: what stands above this block. */
export function onTimeBlock(workflows: readonly OnTimeWorkflow[], told: readonly ToldSentence[]): Block {
  const { named, saidAbove } = hinderedAmong(workflows, told);
  const items = [
    ...named.map((workflow) => words`${code(fileName(workflow.path))}: ${sentence(firstObstacle(workflow))}`),
    ...(saidAbove.length === 0
      ? []
      : [words`${enumeration(saidAbove.map((path) => code(fileName(path))))}: ${FOR_REASON_ABOVE}`]),
  ];
  const summary = onTimeSummary(workflows);
  // Folded around nothing it would not be shown.
  if (items.length === 0) {
    return workflows.some(({ mode }) => mode === 'off')
      ? words`${summary} ${code('# offbeat: punctual')} beside a cron asks for it.`
      : `${summary} The files ask for it.`;
  }
  return details(summary, list(items));
}
