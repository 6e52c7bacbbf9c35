import type { Decision } from '../plan/decision.ts';
import { movesOf } from '../proposal/moves.ts';
import { renderDecision } from '../render/decision.ts';
import { unifiedDiff } from '../render/diff.ts';
import type { Document } from '../render/document.ts';
import { fileName } from '../render/move-words.ts';
import { onTimeBlock } from '../render/on-time-possible.ts';
import { renderOnTimeChanges } from '../render/on-time-proposal.ts';
import type { PlanReport } from '../render/plan-view.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { wrapOutput } from '../render/wrap-output.ts';
import { decideByConvention } from '../usecases/planning/by-convention.ts';
import { decide } from '../usecases/planning/decide.ts';
import type { SourceFile } from '../usecases/ports.ts';
import { commentsToLookAt } from '../usecases/proposals/comments-to-look-at.ts';
import { type OnTimePreview, onTimePossible, previewOnTime } from '../usecases/questions/on-time-possible.ts';
import { editRepository } from '../workflow/edit-repository.ts';
import { NET_PATH } from '../workflow/paths.ts';
import type { CliContext } from './context.ts';
import { learnedRequest } from './learned-request.ts';
import { NO_HISTORY, type Subject, subjectOf } from './subject.ts';
import { writeEdits } from './write-edits.ts';

export interface PlanOptions {
  readonly runs?: string;
  readonly json?: boolean;
  readonly diff?: boolean;
  readonly write?: boolean;
  readonly days?: number;
  /** The App's name in addresses, for the net of workflows on time. */
  readonly app?: string;
}

const NO_SCHEDULE = 'No workflow here has an `on.schedule` entry, so there is nothing to change.';

/** `offbeat plan DIR|OWNER/REPO`: what Offbeat would propose, from the files and the known history. */
export async function plan(target: string, options: PlanOptions, context: CliContext): Promise<number> {
  const subject = await subjectOf(target, options, context);
  const request = await learnedRequest(target, subject, context);
  const decision = subject.runs.length === 0 ? decideByConvention(request) : decide(request);
  const moves = movesOf(decision);
  const edited = editRepository(subject.files, moves);
  const moving = new Set(moves.map(({ path }) => path));
  const onTime = previewOnTime(subject.files, subject.config, moving, options.app ?? null);
  const { output } = context;
  if (options.json === true) output.write(JSON.stringify(reportOf(decision, onTime), null, 2));
  else {
    const isDiff = options.diff === true;
    output.write(
      isDiff
        ? diffOf(subject.files, [...edited, ...changedFiles(onTime)], output.color)
        : toTerminal(planDocument(subject, decision, onTime), output),
    );
    const sentences = [
      ...remarksOn(decision, { isDiff, hasEdits: edited.length > 0, hasRuns: subject.runs.length > 0 }),
      ...onTimeRemarks(onTime, { isDiff, isWritten: options.write === true }),
    ];
    for (const sentence of sentences) output.error(wrapOutput(sentence, output.columns));
  }
  if (options.write === true && subject.directory !== null) {
    await writeEdits(subject.directory, subject.files, edited, output);
  }
  if (options.json !== true) {
    for (const { path, line, time } of commentsToLookAt(subject.files, decision)) {
      output.error(`${path}:${line}: the comment names "${time}"; see whether it still holds.`);
    }
  }
  return 0;
}

/** What is said on standard error beside the answer, as a diff, which goes to `git apply`, cannot hold it. */
function remarksOn(
  { schedules, notes = [], byConvention }: Decision,
  shown: { readonly isDiff: boolean; readonly hasEdits: boolean; readonly hasRuns: boolean },
): readonly string[] {
  if (schedules.length === 0) return shown.isDiff ? [NO_SCHEDULE] : [];
  const needsWhy = shown.isDiff && (!shown.hasEdits || byConvention === true);
  return [...(needsWhy ? notes : []), ...(shown.hasRuns ? [] : [NO_HISTORY])];
}

function onTimeRemarks(
  { served, leftAlone, byCommand, isAppGuessed }: OnTimePreview,
  shown: { readonly isDiff: boolean; readonly isWritten: boolean },
): readonly string[] {
  const changes = [...served.files.map(({ path }) => path), ...served.removed];
  const writesNet = served.files.some(({ path }) => path === NET_PATH);
  const wants = changes.length > 0;
  return [
    ...(wants && shown.isDiff
      ? [
          `${changes.map(fileName).join(', ')}: for starts on time. The App opens a pull request of its own for ` +
            'them, in `mode: suggest`.',
        ]
      : []),
    ...(wants && shown.isWritten ? ['--write left them out; --diff prints them for `git apply`.'] : []),
    ...(writesNet && isAppGuessed
      ? [`${fileName(NET_PATH)} names the App, here "offbeat": give its own name with --app.`]
      : []),
    ...(shown.isDiff
      ? leftAlone.map(({ path, reason }) => `${fileName(path)} is not put on time. ${reason}`)
      : []),
    ...byCommand.map(
      (path) =>
        `${fileName(path)} is on time already, and no file asks for it. Where /on-time has, it stays so, and ` +
        '`on-time: off` takes it back; else the App opens a pull request that takes it back.',
    ),
  ];
}

function planDocument({ files, config }: Subject, decision: Decision, onTime: OnTimePreview): Document {
  const workflows = onTimePossible(files, config);
  const shown = [
    ...renderDecision({ decision, pullUrl: null }),
    ...renderOnTimeChanges(onTime.rows, onTime.net),
  ];
  const told = decision.schedules.flatMap(({ path, reasons }) =>
    reasons.slice(0, 1).map((reason) => ({ path, sentence: reason })),
  );
  return workflows.length === 0 ? shown : [...shown, onTimeBlock(workflows, told)];
}

function reportOf(decision: Decision, onTime: OnTimePreview): PlanReport {
  const { served, net, leftAlone } = onTime;
  return {
    ...decision,
    onTime: {
      changes: [...served.changes],
      files: [...changedFiles(onTime)],
      net,
      leftAlone: [...leftAlone],
    },
  };
}

/** A file with its new text; `null` where it is removed. */
interface ChangedFile {
  readonly path: string;
  readonly text: string | null;
}

function changedFiles({ served }: OnTimePreview): readonly ChangedFile[] {
  return [...served.files, ...served.removed.map((path) => ({ path, text: null }))];
}

function diffOf(before: readonly SourceFile[], after: readonly ChangedFile[], color: boolean): string {
  const texts = new Map(before.map(({ path, text }) => [path, text]));
  return after.map(({ path, text }) => unifiedDiff(path, texts.get(path) ?? null, text, color)).join('');
}
