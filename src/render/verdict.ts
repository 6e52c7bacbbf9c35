import type { Proposal } from '../proposal/proposal.ts';
import type { Finding, Measure, Verdict, VerdictKind } from '../proposal/verdict/verdict.ts';
import type { Alarm, Watch } from '../proposal/watch.ts';
import { DAY_MS } from '../time.ts';
import { type Block, list, numerics, table } from './document.ts';
import { code, enumeration, type Inline, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { count, instant, listed, minutes, percent, seconds } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** Identifies the comment, which is edited in place. */
export const VERDICT_MARK = '<!-- offbeat:verdict -->';

/** Most rows of the table. `/report` shows all. */
const MAX_ROWS = 40;

const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  failure: 'failures',
  duration: 'duration',
  lateness: 'lateness',
  overlap: 'time shared with other runs',
  queue: 'wait of other jobs for a runner',
  'cut-off': 'runs cut off at the limit',
};

const HEADLINES: Readonly<Record<VerdictKind, string>> = {
  improved: 'Improved.',
  'no-difference': 'No clear difference.',
  worse: 'Worse.',
  inconclusive: 'No clear result.',
};
/** Headline of an inconclusive verdict that may still become clear. */
const TOO_EARLY = 'Too early to say.';

const ALARM_WORDS: Readonly<Record<Alarm, string>> = {
  'not-fired':
    'has not started since the merge, although it was due more than once. GitHub sometimes does not take up an ' +
    'edited cron: edit the line once more.',
  'old-cron-fires': 'still starts at its old time, more than two days after the merge.',
  'actor-changed':
    'now runs under another account than before, which also gets the failure e-mails. Check that this account ' +
    'stays a member.',
  'startup-failure':
    'fails before any job starts. This happens when the account that GitHub names as its actor has left.',
};

export interface VerdictView {
  readonly proposal: Pick<Proposal, 'moves' | 'pullNumber' | 'jobKey'>;
  readonly watch: Watch;
  readonly verdict: Verdict;
  /** True where the verdict will not change any more. */
  readonly final: boolean;
  /** Number of the pull request that takes the moves back; `null` where there is none. */
  readonly rollbackNumber: number | null;
}

/** The measurements after a merge, as the one comment on its pull request. */
export function renderVerdict(view: VerdictView): string {
  const { verdict, watch, final } = view;
  const alarms = watch.moves.flatMap(({ key, alarms }) =>
    alarms.map((alarm) => words`${code(fileOf(view.proposal, key))} ${ALARM_WORDS[alarm]}`),
  );
  const left = watch.moves
    .filter(({ leftBecause }) => leftBecause !== undefined)
    .map(({ key }) => code(fileOf(view.proposal, key)));
  return toMarkdown([
    `${VERDICT_MARK}\n**${headlineOf(verdict, final)}** ${summary(view)}`,
    incidentSentence(verdict),
    list(alarms),
    findingsTable(verdict.findings, view.proposal),
    left.length === 0
      ? ''
      : words`Not measured any more, since somebody has changed their crons: ${enumeration(left)}.`,
    missing(view),
  ]);
}

/** Names the days and runs that an inconclusive verdict lacks; empty where there is nothing left to measure. */
function missing({ verdict, watch, final }: VerdictView): Inline {
  if (verdict.kind !== 'inconclusive' || verdict.missing.length === 0 || isAbandoned(watch)) return '';
  const facts = enumeration(verdict.missing.map(sentence));
  return final
    ? words`What was missing: ${facts}.`
    : words`Still missing: ${facts}. This comment is brought up to date when more is known.`;
}

/** Whether every moved cron was changed again since the merge, so that none is measured. */
function isAbandoned({ moves }: Watch): boolean {
  return moves.length > 0 && moves.every(({ leftBecause }) => leftBecause !== undefined);
}

/** The headline of a verdict; an inconclusive one that is not final may still become clear. */
function headlineOf({ kind }: Verdict, isFinal: boolean): string {
  return kind === 'inconclusive' && !isFinal ? TOO_EARLY : HEADLINES[kind];
}

/** A verdict in one sentence, for a report. */
export function verdictSentence(verdict: Verdict, isFinal = true): string {
  const finding = leadingFinding(verdict);
  const figures = finding === undefined ? '' : ` ${figureSentence(finding)}`;
  const incident = incidentSentence(verdict);
  return `${headlineOf(verdict, isFinal)}${figures}${incident === '' ? '' : ` ${incident}`}`;
}

const MAX_DAYS = 7;

/** Names the days on which GitHub was late for most schedules; empty where there were none. */
export function incidentSentence({ incidents = [] }: Pick<Verdict, 'incidents'>): string {
  if (incidents.length === 0) return '';
  const left = incidents.length - MAX_DAYS;
  const days = [...incidents.slice(-MAX_DAYS), ...(left > 0 ? [count(left, 'earlier day')] : [])];
  return (
    `Most schedules known to this deployment were far later than usual on ${listed(days)} (UTC); runs of ` +
    `${incidents.length === 1 ? 'that day' : 'those days'} count less.`
  );
}

function summary({ proposal, verdict, watch, rollbackNumber }: VerdictView): string {
  const days = Math.max(1, Math.round((verdict.at - watch.since) / DAY_MS));
  const since = `In the ${count(days, 'day')} since the merge took effect (${instant(watch.since)})`;
  const finding = leadingFinding(verdict);
  switch (verdict.kind) {
    case 'improved':
      return `${since}: ${finding === undefined ? 'the moved schedules do better.' : figureSentence(finding)}`;
    case 'worse': {
      const what = finding === undefined ? 'the moved schedules do worse.' : figureSentence(finding);
      const back =
        rollbackNumber === null
          ? ''
          : ` #${rollbackNumber} takes back what got worse; merging it is up to you.`;
      return `${since}: ${what}${back}`;
    }
    case 'no-difference':
      if (proposal.jobKey?.key === 'timeout-minutes') return `${since} no run was cut off at the limit.`;
      if (proposal.jobKey !== undefined)
        return `${since} runs took no longer, and other jobs waited as before.`;
      return `${since} no figure changed so clearly that chance is ruled out.`;
    case 'inconclusive':
      return isAbandoned(watch)
        ? `${since} every cron that it moved was changed again, so nothing is left to measure.`
        : `${since} too few runs were seen for a verdict.`;
  }
}

function leadingFinding({ by, worse, findings }: Verdict): Finding | undefined {
  const told = findings.filter(({ measure }) => measure === by);
  return told.find(({ key }) => worse.includes(key)) ?? told[0];
}

function figureSentence(finding: Finding): string {
  const { measure, before, after, expected, runsBeside } = finding;
  if (measure === 'cut-off') return cutOffSentence(finding);
  const beside =
    runsBeside === 0 ? '' : ` (${figure(measure, expected)} if it had gone like the schedules left alone)`;
  return `${MEASURE_WORDS[measure]} ${figure(measure, before)} → ${figure(measure, after)}${beside}.`;
}

function cutOffSentence({ after, againstNotWorse }: Finding): string {
  const cut = `${count(after, 'run')} ${after === 1 ? 'was' : 'were'} cut off at the limit`;
  return againstNotWorse > 1
    ? `${cut}, and none has ended in its usual time since: the work may take longer now.`
    : `${cut}; those since have ended in their usual time, so what was cut off hung.`;
}

const SHOWN: Readonly<Record<Measure, (value: number) => string>> = {
  failure: percent,
  duration: seconds,
  lateness: minutes,
  overlap: minutes,
  queue: seconds,
  'cut-off': String,
};

function figure(measure: Measure, value: number): string {
  return SHOWN[measure](value);
}

function findingsTable(findings: readonly Finding[], proposal: VerdictView['proposal']): Block {
  const rows = findings
    .slice(0, MAX_ROWS)
    .map(({ key, measure, before, after, expected, runsBefore, runsAfter, runsBeside }) => [
      code(fileOf(proposal, key)),
      MEASURE_WORDS[measure],
      figure(measure, before),
      figure(measure, after),
      runsBeside === 0 ? 'not known' : figure(measure, expected),
      `${runsBefore} / ${runsAfter}`,
    ]);
  return table(
    [
      'Workflow',
      'Measure',
      ...numerics('Before', 'Since the merge', 'Expected without the change', 'Runs before / since'),
    ],
    rows,
  );
}

function fileOf({ moves }: VerdictView['proposal'], key: string): string {
  return fileName(moves.find((move) => move.key === key)?.path ?? key);
}
