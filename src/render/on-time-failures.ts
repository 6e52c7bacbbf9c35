import { type Document, list } from './document.ts';
import { code, type Inline, sentence, words } from './inline.ts';
import { fileName } from './move-words.ts';
import type { RenderedIssue } from './notices.ts';
import { instant } from './quantity.ts';
import { toMarkdown } from './to-markdown.ts';

/** Ticks of one workflow that did not end well since the last that did. */
export interface FailuresView {
  readonly path: string;
  /** Oldest first. */
  readonly failures: readonly {
    /** Epoch ms. */
    readonly tick: number;
    readonly runId: number | null;
    /** What has happened, as a sentence: of ours, or GitHub's own words. */
    readonly what: string;
  }[];
  /** The newest run that was green, `null` where none is known. */
  readonly lastGreen: number | null;
  /** Why Offbeat starts it no more, and who does; `null` where it goes on. */
  readonly stopped: { readonly why: string; readonly startedBy: 'the net' | 'GitHub' | 'nobody' } | null;
  /** Logins, without the sign. */
  readonly mention: readonly string[];
}

const LISTED = 10;

/** The title by which the issue of a workflow is known again. */
export function failuresTitle(path: string): string {
  return `Scheduled runs of ${fileName(path)} fail`;
}

/** The issue that is open while ticks fail: GitHub mails nobody about runs that an App has started. */
export function renderFailures(view: FailuresView): RenderedIssue {
  const { path, failures, lastGreen, stopped, mention } = view;
  const shown = failures.slice(-LISTED);
  const lines = shown.map(
    ({ tick, runId, what }): Inline =>
      words`${instant(tick)}: ${sentence(what)}${runId === null ? '' : ` ${runLink(runId)}`}`,
  );
  const document: Document = [
    words`Offbeat starts ${code(path)} on time, and GitHub mails nobody when such a run fails.`,
    stopped === null ? '' : words`${sentence(stopped.why)} ${MEANWHILE[stopped.startedBy]}`,
    list(lines),
    failures.length > LISTED ? `${failures.length - LISTED} more before.` : '',
    lastGreen === null ? 'No run of it is known to have succeeded.' : `Last success: ${runLink(lastGreen)}.`,
    'This issue is brought up to date, and closed at the next success.',
  ];
  const asked = mention.length === 0 ? '' : `\n\n${mention.map((login) => `@${login}`).join(' ')}`;
  return { title: failuresTitle(path), body: `${toMarkdown(document)}${asked}` };
}

const MEANWHILE = {
  'the net': 'Until then the net starts it, late.',
  GitHub: 'Until then GitHub’s own schedule starts it.',
  nobody: 'Until then nobody starts it.',
} as const;

/** From an issue's page, on whatever server. */
function runLink(id: number): string {
  return `[run ${id}](../actions/runs/${id})`;
}

/** What the issue says when it is closed. */
export function renderFailuresOver(path: string, runId: number | null): RenderedIssue {
  return {
    title: failuresTitle(path),
    body: toMarkdown([
      words`${code(path)} has succeeded again.${runId === null ? '' : ` ${runLink(runId)}`}`,
    ]),
  };
}

const LEFT_BECAUSE = {
  off: 'It was switched off for this workflow.',
  gone: 'The file was renamed or removed, or has no schedule any more.',
  failures: words`${code('failures: off')} is set for this workflow.`,
} as const;

/** What the issue says when it is closed without a success, as nobody would close it later. */
export function renderFailuresLeft(path: string, why: keyof typeof LEFT_BECAUSE): RenderedIssue {
  const what =
    why === 'failures'
      ? words`Offbeat does not report failures of ${code(path)} any more.`
      : words`Offbeat does not start ${code(path)} on time any more.`;
  return { title: failuresTitle(path), body: toMarkdown([what, LEFT_BECAUSE[why]]) };
}
