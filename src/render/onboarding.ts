import type { Decision } from '../plan/decision.ts';
import { commitTitle } from './commit-message.ts';
import { moveTable } from './move-table.ts';
import { count } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** The App's branch for its configuration file. */
export const ONBOARDING_BRANCH = 'offbeat/configure';

const MAX_ROWS = 15;

/** The file that the pull request adds. It sets what holds anyway. */
const CONFIG_TEXT = `# Offbeat watches how the scheduled workflows of this repository really run.
# observe: decide and record, touch nothing. suggest: open one pull request with better times. pause: neither.
mode: observe

# What may be said beside it, each with an example:
#   finish-by: "07:00"        nine runs in ten are done by then
#   window: "01:00-05:00"     ticks only between these times of each schedule's own day
#   max-shift: 2h             no farther than this
#   workflows:
#     release.yml: { pin: true }
`;

export interface OnboardingPullView {
  readonly decision: Decision;
  readonly runsLearned: number;
  readonly recentCommitTitles: readonly string[];
}

/** The first pull request, with a configuration file; and the same as an issue, for where no file can be written. */
export function renderOnboardingPull({ decision, runsLearned, recentCommitTitles }: OnboardingPullView): {
  readonly title: string;
  readonly body: string;
  readonly config: string;
  readonly issueTitle: string;
  readonly issueBody: string;
} {
  const moves = decision.schedules.filter(({ outcome }) => outcome === 'move');
  const found = [
    `Offbeat has watched ${count(runsLearned, 'run')} of this repository. ${moves.length} of ` +
      `${count(decision.schedules.length, 'schedule')} could run at a better time:`,
    ...moveTable(moves, { shown: MAX_ROWS, to: 'It would propose' }),
  ];
  const quiet =
    'Until somebody asks for more it only observes: it decides, records why, and touches nothing. This is said once.';
  return {
    title: commitTitle('Configure Offbeat', { recentCommitTitles }),
    config: CONFIG_TEXT,
    body: toMarkdown([
      ...found,
      'This pull request adds `.github/offbeat.yml` with `mode: observe`, which is what holds today: merging it ' +
        `changes nothing by itself, and closing it changes nothing either. ${quiet}`,
      'To get the moves above as a pull request, write `mode: suggest` into the file, here or later, or comment ' +
        '`/suggest`. `/report` says what is known so far.',
    ]),
    issueTitle: 'What Offbeat has found here',
    issueBody: toMarkdown([
      ...found,
      `${quiet} It may not write to this repository, so it cannot propose these moves; ` +
        '`/report` says what is known so far.',
    ]),
  };
}
