import { type Marker, writeMarker } from '../proposal/marker.ts';
import type { JobSetting } from '../proposal/proposal.ts';
import {
  type CommitMessage,
  commitMessage,
  plainFileName,
  plainName,
  type TitleStyle,
} from './commit-message.ts';
import { details, heading, list, preformatted } from './document.ts';
import { code, type Inline, name, sentence, spaced, words } from './inline.ts';
import { dollars } from './money.ts';
import { fileName } from './move-words.ts';
import type { RenderedPull } from './pull-request.ts';
import { percent } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

export interface JobSettingView extends TitleStyle {
  readonly jobKey: JobSetting;
  /** What the suggestion says: what to do, what that brings, and what it is known from. */
  readonly sentence: string;
  readonly gain: string;
  readonly evidence: readonly string[];
  readonly confidence: number;
  readonly diff: string;
  /** USD that a job that hangs costs less, where the repository pays; `null` where nothing is saved or billed. */
  readonly usdPerHang: number | null;
  /** Login of the person who has asked for it; `null` where the configuration says so. */
  readonly askedBy: string | null;
  readonly marker: Pick<Marker, 'repositoryId' | 'at'>;
}

/** The App's branch for keys of jobs; `proposalBranch` is the configured one. */
export function jobSettingBranch(proposalBranch?: string): string {
  return proposalBranch === undefined ? 'offbeat/jobs' : `${proposalBranch}-jobs`;
}

/** What a pull request changes of a job, in short. */
export function jobSettingWords({ job, key, value }: JobSetting): Inline {
  return words`${code(`${key}: ${value}`)} of ${code(job)}`;
}

/** Title and whole text of the commit that writes a key of a job, or takes it out again after `reverts`. */
export function jobSettingCommit(
  { path, job, key, value }: JobSetting,
  style: TitleStyle,
  reverts?: number,
): CommitMessage {
  const own = plainName(job, 'a job');
  const subjects = {
    'timeout-minutes': `Give ${own} a timeout of ${value} minutes`,
    'max-parallel': `Let ${own} run ${value} of its jobs at once`,
  };
  const subject = reverts === undefined ? subjects[key] : `Take ${key} of ${own} out, as before #${reverts}`;
  const change = reverts === undefined ? `${key}: ${value}` : `without ${key}: ${value}`;
  return commitMessage(subject, [`${plainFileName(path)}, ${own}: ${change}`], style);
}

/** The pull request that writes a key of a job. */
export function renderJobSetting(view: JobSettingView): RenderedPull {
  const { jobKey, askedBy, diff, evidence } = view;
  const { title, text } = jobSettingCommit(jobKey, view);
  const who =
    askedBy === null
      ? words`${code('optimise: jobs')} in the configuration asks for it.`
      : words`${name(askedBy)} has asked for it.`;
  const file = words`In ${code(fileName(jobKey.path))}, nothing but this line changes.`;
  const sure = `Offbeat is ${percent(view.confidence)} sure of that.`;
  const marker = writeMarker({ version: 1, decisionId: '', moves: [], jobKey, ...view.marker });
  const money = view.usdPerHang === null ? [] : [`Each time that costs ${dollars(view.usdPerHang)} less.`];
  const body = toMarkdown([
    spaced(sentence(view.sentence), sentence(view.gain), ...money, sure, who),
    file,
    preformatted(diff, 'diff'),
    details('What it is known from', list(evidence.map(sentence))),
    heading('After the merge'),
    list([MEASURED[jobKey.key], WAY_BACK]),
  ]);
  return { title, body: `${body}\n\n${marker}`, commitMessage: text };
}

const MEASURED: Readonly<Record<JobSetting['key'], Inline>> = {
  'timeout-minutes':
    'Offbeat looks whether a run is cut off at the limit. Where none has ended in its usual time since, it may have ' +
    'passed without the limit, and a pull request takes the limit out again.',
  'max-parallel':
    'Offbeat measures how long runs take and other jobs wait, before and since. Where runs take longer or fail more, ' +
    'a pull request takes it out again.',
};
const WAY_BACK = spaced(
  words`${code('/undo')} opens a pull request that takes the line out.`,
  'Closing this one changes nothing, and it is not opened again by itself.',
);
