import { OffbeatError } from '../errors.ts';
import { nearestWord } from '../nearest-word.ts';
import { fileName } from '../render/move-words.ts';
import { entriesInForce } from './learning/schedule-version.ts';
import type { RepositoryState } from './ports.ts';

const FOLDER = '.github/workflows/';
/** What ends the name of a learned stream behind the path. */
const STREAM_KIND = /\|[^|]*$/;
/** Names that an error lists. */
const NAMES_SHOWN = 5;

/** A workflow that something is known of. */
export interface KnownWorkflow {
  readonly path: string;
  /** `name:` of the file, as the newest decision has it; the path where none has. */
  readonly name: string;
}

/** Every workflow of which a schedule is in force or runs were learned, and those just read, by path. */
export function knownWorkflows(
  state: RepositoryState,
  read: readonly KnownWorkflow[] = [],
): readonly KnownWorkflow[] {
  const names = new Map<string, string>();
  for (const stream of Object.keys(state.learned.streams)) {
    const path = stream.replace(STREAM_KIND, '');
    names.set(path, path);
  }
  for (const { path } of entriesInForce(state)) names.set(path, path);
  for (const { path, workflowName } of state.decisions.at(-1)?.schedules ?? []) names.set(path, workflowName);
  for (const { path, name } of read) names.set(path, name);
  return [...names]
    .map(([path, name]) => ({ path, name }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A workflow by its path, its file's name (with or without ending) or its own; `undefined` if there is none. */
export function matchWorkflow(
  workflows: readonly KnownWorkflow[],
  wanted: string,
): KnownWorkflow | undefined {
  const text = wanted.toLowerCase();
  return (
    workflows.find(({ path }) => path.toLowerCase() === text || fileName(path).toLowerCase() === text) ??
    workflows.find(({ name }) => name.toLowerCase() === text) ??
    workflows.find(
      ({ path }) =>
        fileName(path)
          .toLowerCase()
          .replace(/\.ya?ml$/, '') === text,
    )
  );
}

/** The same of a repository, and of files just read. Throws `not-found`, with what was most likely meant. */
export function findWorkflow(
  state: RepositoryState,
  wanted: string,
  read: readonly KnownWorkflow[] = [],
): KnownWorkflow {
  const workflows = knownWorkflows(state, read);
  const found = matchWorkflow(workflows, wanted);
  if (found !== undefined) return found;
  const files = workflows.map(({ path }) => fileName(path));
  const nearest = nearestWord(fileName(wanted), files);
  throw new OffbeatError('not-found', `No workflow named "${wanted}" is known here.`, {
    fix: nearest === undefined ? namesOf(files) : `Did you mean ${nearest}?`,
  });
}

function namesOf(files: readonly string[]): string {
  if (files.length === 0) return 'Nothing is known of any workflow yet.';
  return `Known are ${files.slice(0, NAMES_SHOWN).join(', ')}${files.length > NAMES_SHOWN ? ', …' : ''}.`;
}

/** The path that a bare file name stands for. */
export function workflowPath(text: string): string {
  return text.includes('/') ? text : `${FOLDER}${text}`;
}
