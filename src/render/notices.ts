import type { OffbeatError } from '../errors.ts';
import { code, sentence } from './markdown.ts';

/** An issue that tells of one matter; its title names it, so that there is one such issue only. */
export interface RenderedIssue {
  readonly title: string;
  readonly body: string;
}

/** An error as Markdown: where, what, how to mend it, all made inert. It may name several problems, one a line. */
export function renderError(error: OffbeatError): string {
  const lines = error.message.split('\n').filter((line) => line.trim() !== '');
  const [only] = lines;
  const said = lines.length === 1 && only !== undefined ? sentence(only) : bulleted(lines);
  const fix = error.fix === undefined ? '' : bulletedOrOne(error.fix.split('\n'));
  const where = error.where === undefined ? '' : `${code(error.where)}:${lines.length === 1 ? ' ' : '\n\n'}`;
  return [`${where}${said}`, fix].filter((part) => part !== '').join('\n\n');
}

function bulleted(lines: readonly string[]): string {
  return lines.map((line) => `- ${sentence(line.replace(/^\s*[-*] /, ''))}`).join('\n');
}

function bulletedOrOne(lines: readonly string[]): string {
  const [only] = lines;
  return lines.length === 1 && only !== undefined ? sentence(only) : bulleted(lines);
}

/** The issue for a configuration that cannot be read: where, what, how to mend it. */
export function renderConfigIssue(error: OffbeatError): RenderedIssue {
  return {
    title: 'Offbeat cannot read its configuration',
    body: [
      'The configuration of Offbeat is not valid, so nothing is proposed here until it is. Runs are still watched and learned from.',
      renderError(error),
      'This issue is brought up to date as the file changes. An empty file, or none, means all defaults.',
    ].join('\n\n'),
  };
}

/** Says once which permission is missing, why it is needed, and who can grant it. */
export function renderPermissionNotice(error: OffbeatError): RenderedIssue {
  return {
    title: 'Offbeat may not write workflow files here',
    body: [
      'Offbeat knows better times for schedules of this repository and may not propose them.',
      renderError(error),
      'GitHub lets an App change files under `.github/workflows` only with the permission **Workflows: read and write**, besides **Contents** and **Pull requests**. An owner of the account can grant it in its settings: *GitHub Apps* → *Offbeat* → *Configure* → *Review request*.',
      'Until then Offbeat goes on observing, and `/report` shows what it would do. This is said once.',
    ].join('\n\n'),
  };
}

export interface OnboardingView {
  readonly runsLearned: number;
  readonly schedules: number;
  /** Moves of the newest decision, in words: what `suggest` would bring. */
  readonly wouldMove: readonly string[];
}

/** The offer of `suggest`, made once there is something to offer; nothing changes without an answer. */
export function renderOnboarding({ runsLearned, schedules, wouldMove }: OnboardingView): string {
  const found =
    wouldMove.length === 0
      ? 'So far every schedule already runs at a good time.'
      : `It would propose:\n\n${wouldMove.map((move) => `- ${sentence(move)}`).join('\n')}`;
  return [
    `Offbeat has watched ${runsLearned} runs of this repository’s ${schedules} schedules. It only observes: it decides, records why, and touches nothing.`,
    found,
    'Comment `/suggest` and it opens one pull request with these moves, or write `mode: suggest` into `.github/offbeat.yml`. `/report` says what is known so far, `/observe` takes the answer back, and saying nothing leaves everything as it is.',
  ].join('\n\n');
}
