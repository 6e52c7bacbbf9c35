import type { Decision } from '../plan/decision.ts';
import { movesOf } from '../proposal/moves.ts';
import { renderDecision } from '../render/decision.ts';
import { unifiedDiff } from '../render/diff.ts';
import type { Document } from '../render/document.ts';
import { onTimeBlock } from '../render/on-time-possible.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { wrapOutput } from '../render/wrap-output.ts';
import { decideByConvention } from '../usecases/planning/by-convention.ts';
import { decide } from '../usecases/planning/decide.ts';
import type { SourceFile } from '../usecases/ports.ts';
import { commentsToLookAt } from '../usecases/proposals/comments-to-look-at.ts';
import { editedFiles } from '../usecases/proposals/edited-files.ts';
import { onTimePossible } from '../usecases/questions/on-time-possible.ts';
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
}

const NO_SCHEDULE = 'No workflow here has an `on.schedule` entry, so there is nothing to change.';

/** `offbeat plan DIR|OWNER/REPO`: what Offbeat would propose, from the files and the known history. */
export async function plan(target: string, options: PlanOptions, context: CliContext): Promise<number> {
  const subject = await subjectOf(target, options, context);
  const request = await learnedRequest(target, subject, context);
  const decision = subject.runs.length === 0 ? decideByConvention(request) : decide(request);
  const edited = editedFiles(subject.files, movesOf(decision));
  const { output } = context;
  if (options.json === true) output.write(JSON.stringify(decision, null, 2));
  else {
    const isDiff = options.diff === true;
    output.write(
      isDiff
        ? diffOf(subject.files, edited, output.color)
        : toTerminal(planDocument(subject, decision), output),
    );
    const sentences = remarksOn(decision, {
      isDiff,
      hasEdits: edited.length > 0,
      hasRuns: subject.runs.length > 0,
    });
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

/**
 * What is said on standard error beside the answer. A diff goes to `git apply`, so why it is empty, and what it rests
 * on, cannot stand in it.
 */
function remarksOn(
  { schedules, notes = [], byConvention }: Decision,
  shown: { readonly isDiff: boolean; readonly hasEdits: boolean; readonly hasRuns: boolean },
): readonly string[] {
  if (schedules.length === 0) return shown.isDiff ? [NO_SCHEDULE] : [];
  const needsWhy = shown.isDiff && (!shown.hasEdits || byConvention === true);
  return [...(needsWhy ? notes : []), ...(shown.hasRuns ? [] : [NO_HISTORY])];
}

/** The decision, and which workflows could be started on time instead. */
function planDocument({ files, config }: Subject, decision: Decision): Document {
  const workflows = onTimePossible(files, config);
  const shown = renderDecision({ decision, pullUrl: null });
  return workflows.length === 0 ? shown : [...shown, onTimeBlock(workflows)];
}

function diffOf(before: readonly SourceFile[], after: readonly SourceFile[], color: boolean): string {
  return after
    .map(({ path, text }) =>
      unifiedDiff(path, before.find((file) => file.path === path)?.text ?? '', text, color),
    )
    .join('');
}
