import type { LeftAlone } from '../proposal/maintainer-settings.ts';
import { utcDate } from '../time.ts';
import type { Document } from './document.ts';
import { code, type Inline, joined, words } from './inline.ts';
import { fileName } from './move-words.ts';

export interface LeftAloneView {
  readonly leftAlone: readonly LeftAlone[];
  /** What became of the open pull request. */
  readonly pull: 'unchanged' | 'updated' | 'closed' | 'to-be-updated';
  readonly pullNumber: number | null;
}

const PULL_WORDS: Readonly<Record<LeftAloneView['pull'], (pullNumber: number | null) => Inline>> = {
  unchanged: () => '',
  updated: (pullNumber) => ` #${pullNumber} is up to date without it.`,
  closed: (pullNumber) => ` #${pullNumber} had nothing else to propose and is closed.`,
  'to-be-updated': (pullNumber) =>
    words` #${pullNumber ?? ''} still names it and could not be brought up to date now; ${code('/report')} says why.`,
};

/** The workflows that are left alone by a command, and what became of the open pull request. */
export function renderLeftAlone({ leftAlone, pull, pullNumber }: LeftAloneView): Document {
  const workflows = leftAlone.map(({ path, as }) => words`${code(fileName(path))} (${as})`);
  const list =
    workflows.length === 0
      ? 'No workflow is left alone by a command.'
      : words`Left where they are: ${joined(workflows, ', ')}.`;
  return [words`${list}${PULL_WORDS[pull](pullNumber)}`];
}

/** Until when nothing is proposed (epoch ms); `null` means that proposals are made. */
export function renderSnooze(until: number | null): Document {
  const day = until === null ? '' : utcDate(until);
  return [
    until === null
      ? 'Proposals are welcome again.'
      : `No proposal until ${day}. Watching and learning go on.`,
  ];
}
