import { z } from 'zod';
import type { TickShares } from '../on-time/shares.ts';
import { type Document, list } from './document.ts';
import { code, type Inline, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { OnTimeWorkflow } from './on-time-report.ts';

/** How workflows are started, as `/on-time` answers. */
export const OnTimeAnswer = z.object({
  /** Workflows that are not `off`. */
  workflows: z.array(OnTimeWorkflow),
  /** Whether the configuration overrules the mode that was asked for. */
  overruled: z.boolean(),
  /** The pull request that prepares the files; `null` where none is needed, or none may be opened now. */
  pullNumber: z.number().int().nullable(),
  /** Workflows whose files have to change, but whose crons an open pull request moves: that one comes first. */
  waiting: z.array(z.object({ path: z.string(), pullNumber: z.number().int() })),
});
export type OnTimeAnswer = z.infer<typeof OnTimeAnswer>;

const AFTER_THE_MOVE =
  'which moves its cron: merge or close it, and a pull request that changes the file for this follows within hours, ' +
  'or at once when you ask again.';

/** One line a workflow: how it is started, what stands in the way, and who has served its ticks. */
export function renderOnTime({ workflows, overruled, pullNumber, waiting }: OnTimeAnswer): Document {
  return [
    workflows.length === 0 ? 'GitHub starts every workflow here; none is on time.' : '',
    list(
      workflows.map((workflow) => words`${modeOf(workflow)}${whyOf(workflow)} ${sharesOf(workflow.shares)}`),
    ),
    pullNumber === null ? '' : `#${pullNumber} changes the files for it.`,
    ...waiting.map(
      (one) => words`${code(fileName(one.path))} waits for #${String(one.pullNumber)}, ${AFTER_THE_MOVE}`,
    ),
    overruled
      ? words`${code('.github/offbeat.yml')} or a directive says otherwise, and stands above a command.`
      : '',
  ];
}

function modeOf({ path, mode, net, delayMinutes }: OnTimeWorkflow): Inline {
  const how =
    mode === 'rescue' ? `rescue, ${delayMinutes} min after the tick.` : words`punctual, net: ${code(net)}.`;
  return words`${code(fileName(path))}: ${how}`;
}

function whyOf({ why }: OnTimeWorkflow): Inline {
  return why === null ? '' : words` Not served now: ${sentence(why)}`;
}

function sharesOf({ ticks, onTime, by, twinsCancelled, twinsLeft }: TickShares): Inline {
  if (ticks === 0) return 'No tick yet.';
  const share = Math.round((100 * onTime) / ticks);
  const twins =
    twinsCancelled + twinsLeft === 0 ? '' : ` Second runs: ${twinsCancelled} cancelled, ${twinsLeft} not.`;
  return (
    `30 days: ${share} % of ${ticks} ticks started within 5 minutes; served by Offbeat ${by.offbeat}, ` +
    `GitHub ${by.github}, net ${by.net}, people ${by.person}, nobody ${by.nobody}.${twins}`
  );
}
