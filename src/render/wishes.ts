import type { LeftAlone } from '../proposal/care.ts';
import { code } from './markdown.ts';
import { fileName } from './move-words.ts';

export interface LeftAloneView {
  readonly leftAlone: readonly LeftAlone[];
  readonly pull: 'unchanged' | 'updated' | 'closed' | 'to-be-updated';
  readonly pullNumber: number | null;
}

const BECAME: Readonly<Record<LeftAloneView['pull'], (pullNumber: number | null) => string>> = {
  unchanged: () => '',
  updated: (pullNumber) => ` #${pullNumber} is up to date without it.`,
  closed: (pullNumber) => ` #${pullNumber} had nothing else to propose and is closed.`,
  'to-be-updated': (pullNumber) =>
    ` #${pullNumber} still names it and could not be brought up to date now; \`/report\` says why.`,
};

/** What is left alone, and what that has done to the open pull request. */
export function renderLeftAlone({ leftAlone, pull, pullNumber }: LeftAloneView): string {
  const list =
    leftAlone.length === 0
      ? 'No workflow is left alone by a command.'
      : `Left where they are: ${leftAlone.map(({ path, as }) => `${code(fileName(path))} (${as})`).join(', ')}.`;
  return `${list}${BECAME[pull](pullNumber)}`;
}

/** Until when nothing is proposed (epoch ms); `null` where proposals are welcome. */
export function renderSnooze(until: number | null): string {
  return until === null
    ? 'Proposals are welcome again.'
    : `No proposal until ${new Date(until).toISOString().slice(0, 10)}. Watching and learning go on.`;
}
