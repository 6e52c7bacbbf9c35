import { z } from 'zod';
import { LeftAlone } from '../proposal/maintainer-settings.ts';
import { utcDate } from '../time.ts';
import type { Document } from './document.ts';
import { code, type Inline, joined, words } from './inline.ts';
import { fileName } from './move-words.ts';

export const LeftAloneAnswer = z.object({
  leftAlone: z.array(LeftAlone),
  /** What happened to the open pull request: `unchanged` where it does not move the workflow. */
  pull: z.enum(['unchanged', 'updated', 'closed', 'to-be-updated']),
  pullNumber: z.number().int().nullable(),
});
export type LeftAloneAnswer = z.infer<typeof LeftAloneAnswer>;

const PULL_WORDS: Readonly<Record<LeftAloneAnswer['pull'], (pullNumber: number | null) => Inline>> = {
  unchanged: () => '',
  updated: (pullNumber) => ` #${pullNumber} is up to date without it.`,
  closed: (pullNumber) => ` #${pullNumber} had nothing else to propose and is closed.`,
  'to-be-updated': (pullNumber) =>
    words` #${pullNumber ?? ''} still names it and could not be brought up to date now; ${code('/report')} says why.`,
};

/** The workflows that are left alone by a command, and what became of the open pull request. */
export function renderLeftAlone({ leftAlone, pull, pullNumber }: LeftAloneAnswer): Document {
  const workflows = leftAlone.map(({ path, as }) => words`${code(fileName(path))} (${as})`);
  const list =
    workflows.length === 0
      ? 'No workflow is left alone by a command.'
      : words`Left where they are: ${joined(workflows, ', ')}.`;
  return [words`${list}${PULL_WORDS[pull](pullNumber)}`];
}

/** Until when nothing is proposed (epoch ms); `null` means that proposals are made. */
export function renderSnooze(until: number | null): Document {
  if (until === null) return ['Proposals are welcome again.'];
  return [`No proposal until ${utcDate(until)}. Watching and learning go on.`];
}
