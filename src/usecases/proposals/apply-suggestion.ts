import { OffbeatError } from '../../errors.ts';
import { keySuggestions } from '../../jobs/suggestions.ts';
import { openJobSettingOf } from '../../proposal/record.ts';
import { fileName } from '../../render/move-words.ts';
import { readWorkflowFacts } from '../../workflow/job-facts.ts';
import { readWorkflowFiles } from '../../workflow/read-repository.ts';
import type { WorkflowFile } from '../../workflow/schedule.ts';
import { configOrWhyNot } from '../configured-mode.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import type { RepositoryState, WorkflowSources } from '../ports.ts';
import { graphOfFile, numberedSuggestions, pathOfFile } from '../questions/bottlenecks.ts';
import type { RepositoryOnGitHub } from '../repository-on-github.ts';
import { filesWithJobSetting } from './edited-files.ts';
import {
  type JobSettingResult,
  mayPropose,
  proposeJobSetting,
  type WritableSuggestion,
  writable,
} from './propose-job-setting.ts';
import { withdraw } from './withdraw.ts';

/** A suggestion that somebody wants applied. */
export interface ApplyWish {
  /** Its number within the suggestions for its workflow. */
  readonly number: number;
  /** File or name of the workflow; the only one with such a suggestion where left out. */
  readonly workflow: string | undefined;
  readonly by: string | null;
}

/** What became of a wish, and what the suggestion says. */
export interface Applied {
  readonly path: string;
  readonly sentence: string;
  readonly result: JobSettingResult;
}

/** Opens the pull request for a suggestion by its number. Throws `not-found` and `command-invalid`. */
export async function applySuggestion(
  context: Context,
  repositoryId: number,
  wish: ApplyWish,
): Promise<Applied> {
  const state = await knownRepository(context, repositoryId);
  const connected = await context.github.connect(state.profile);
  const sources = await connected.reader.workflowSources();
  const { path, chosen, sentence } = chosenOf(state, sources, wish, context.clock.now());
  if (chosen === null) {
    throw new OffbeatError(
      'command-invalid',
      `Suggestion ${wish.number} changes what a job means, so it is described and never written: ${sentence}`,
      {
        where: path,
        fix: `It stands under \`/bottlenecks ${fileName(path)}\`; change the file by hand.`,
      },
    );
  }
  const round = {
    context,
    state,
    connected,
    sources,
    ...(await configOrWhyNot(connected.reader)),
    asked: { by: wish.by },
  };
  return { path, sentence, result: await proposeJobSetting(round, chosen) };
}

/** The suggestion of a number: what it says, and the key that it writes, `null` where it writes none. */
function chosenOf(
  state: RepositoryState,
  sources: WorkflowSources,
  { number, workflow }: ApplyWish,
  at: number,
): { readonly path: string; readonly sentence: string; readonly chosen: WritableSuggestion | null } {
  const files = readWorkflowFiles(sources.files);
  const wanted = workflow === undefined ? null : findWorkflow(state, workflow, files).path;
  const found = files
    .filter(({ path }) => wanted === null || path === wanted)
    .flatMap((file) => {
      const known = pathOfFile(state, file, at);
      if (known === null) return [];
      const text = textOf(sources, file.path);
      const one = numberedSuggestions({ state, file, text, at }, known).find(
        (each) => each.number === number,
      );
      if (one === undefined) return [];
      const { suggestion } = one;
      const { sentence } = suggestion;
      return [{ path: file.path, sentence, chosen: writable(file.path, known.graph, suggestion) }];
    });
  const [first] = found;
  if (first === undefined) {
    throw new OffbeatError('not-found', `There is no suggestion ${number}.`, {
      ...(wanted === null ? {} : { where: wanted }),
      fix: 'Ask `/bottlenecks` for what is suggested now.',
    });
  }
  if (found.length > 1) {
    const names = found.map(({ path }) => `\`${fileName(path)}\``).join(', ');
    throw new OffbeatError('command-invalid', `Several workflows have a suggestion ${number}: ${names}.`, {
      fix: `Name the workflow too: \`/apply ${number} ${fileName(first.path)}\`.`,
    });
  }
  return first;
}

function textOf({ files }: WorkflowSources, path: string): string {
  return files.find((file) => file.path === path)?.text ?? '';
}

/** With `optimise: jobs`, opens the pull request of the first suggestion that passes; withdraws unwritable ones. */
export async function optimiseJobs(onGitHub: RepositoryOnGitHub): Promise<void> {
  const { context } = onGitHub;
  const state = await onGitHub.latest();
  const open = openJobSettingOf(state.proposals);
  const config = await onGitHub.config();
  if (config === null || (open === undefined && config.optimise !== 'jobs')) return;
  const connected = await onGitHub.writable();
  if (connected === null) return;
  const round = { context, state, connected, config, configError: null, asked: null };
  if (open === undefined && !mayPropose(round)) return;
  const sources = await connected.reader.workflowSources();
  if (open !== undefined) {
    if (open.takenOverBy !== undefined || filesWithJobSetting(sources.files, open) !== null) return;
    const why = `\`${open.jobKey.key}\` cannot be written there any more: the file was changed since.`;
    await withdraw(context, state, open, connected, { event: 'supersede', why });
    return;
  }
  for (const wish of writableSuggestions(state, sources)) {
    const { kind } = await proposeJobSetting({ ...round, sources }, wish);
    if (kind === 'proposed') return;
  }
}

/** Suggestions that Offbeat may write, file by file. */
function writableSuggestions(
  state: RepositoryState,
  sources: WorkflowSources,
): readonly WritableSuggestion[] {
  return readWorkflowFiles(sources.files).flatMap((file: WorkflowFile) => {
    const graph = graphOfFile(state, file);
    const facts = readWorkflowFacts(textOf(sources, file.path));
    return keySuggestions({ graph, facts }).flatMap((one) => writable(file.path, graph, one) ?? []);
  });
}
