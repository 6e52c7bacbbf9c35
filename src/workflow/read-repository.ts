import { readYaml, type YamlSource } from './document.ts';
import { lineAt, reachesEvent, scheduleMemberAt } from './event-schedule.ts';
import { type NamedFiles, namedFilesOf } from './named-files.ts';
import { isWorkflowPath } from './paths.ts';
import { type ReadSource, readWorkflowSource } from './read.ts';
import { refuse } from './refusal.ts';
import type { WorkflowFile } from './schedule.ts';
import { readScheduleUses, type ScheduleReading } from './schedule-literals.ts';

/** A file of the repository with its text. */
interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the workflow files of one repository, leaving out paths that GitHub does not run. Called workflows, local actions
 * and scripts see the schedule of their caller: where one of them reads it, the caller's schedules are refused, since an
 * edit is only verified within one file. Actions and scripts are looked at as far as `sources` holds them.
 */
export function readWorkflowFiles(sources: readonly TextFile[]): WorkflowFile[] {
  const read = readsOf(sources);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  return read.map(({ file, source, uses }) => {
    if (file.schedules.length === 0) return file;
    const reached = reachedFrom({ path: file.path, source, uses }, texts);
    const detail = whyReadElsewhere(reached);
    if (detail === undefined) return file;
    const refusal = refuse('schedule-expression', { detail });
    return { ...file, schedules: file.schedules.map((schedule) => ({ refusal, ...schedule })) };
  });
}

/**
 * Paths that workflows with schedules run, directly or through others, and `sources` lacks. Only one of the two names of
 * an action's file exists.
 */
export function missingFiles(sources: readonly TextFile[]): readonly string[] {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const missing = readsOf(sources).flatMap(({ file, source, uses }) =>
    file.schedules.length === 0 ? [] : reachedFrom({ path: file.path, source, uses }, texts).missing,
  );
  return [...new Set(missing)];
}

function readsOf(sources: readonly TextFile[]): readonly ReadSource[] {
  return sources
    .filter(({ path }) => isWorkflowPath(path))
    .map(({ path, text }) => readWorkflowSource(path, text));
}

/** A workflow, or the `action.yml` of a local action. */
interface ReadYaml {
  readonly path: string;
  readonly source: YamlSource;
  readonly uses: ScheduleReading;
}

/** What a workflow runs within its repository. */
interface Reached {
  /** The workflow itself first. */
  readonly files: readonly ReadYaml[];
  readonly scripts: readonly TextFile[];
  readonly missing: readonly string[];
  /** Steps to which the whole event is handed, and none of whose files could be read. */
  readonly unknown: readonly (NamedFiles & { readonly from: string })[];
}

function reachedFrom(workflow: ReadYaml, texts: ReadonlyMap<string, string>): Reached {
  const files = [workflow];
  const scripts = new Map<string, TextFile>();
  const missing = new Set<string>();
  const unknown: (NamedFiles & { readonly from: string })[] = [];
  // The list grows while it is gone through.
  for (const { path: from, source } of files) {
    for (const named of namedFilesOf(from, source)) {
      const known = named.paths.filter((path) => texts.has(path));
      if (known.length === 0) {
        for (const path of named.paths) missing.add(path);
        if (named.handed) unknown.push({ ...named, from });
      }
      for (const path of known) {
        const text = texts.get(path) ?? '';
        if (!/\.ya?ml$/.test(path)) scripts.set(path, { path, text });
        else if (!files.some((file) => file.path === path)) files.push(readFile(path, text));
      }
    }
  }
  return { files, scripts: [...scripts.values()], missing: [...missing], unknown };
}

function readFile(path: string, text: string): ReadYaml {
  const source = readYaml(text);
  return { path, source, uses: readScheduleUses(source) };
}

/** Where the schedule is read outside the workflow's own file; `undefined` where it is not. */
function whyReadElsewhere({ files, scripts, unknown }: Reached): string | undefined {
  const [workflow, ...others] = files;
  const user = others.find(({ uses }) => uses.used);
  if (user !== undefined) return `in ${user.path}:${user.uses.firstUse}, which this workflow runs`;
  const isHanded = files.some(({ uses }) => uses.wholeEvent);
  for (const { path, text } of scripts) {
    const at = isHanded || reachesEvent(text) ? scheduleMemberAt(text) : -1;
    if (at !== -1) return `${path}:${lineAt(text, at)} reads it from the event`;
  }
  const reader = isHanded ? files.find(({ uses }) => uses.memberLine !== undefined) : undefined;
  if (reader !== undefined && others.length > 0) {
    return `${reader.path}:${reader.uses.memberLine} reads it from the event`;
  }
  const [first] = unknown;
  if (first === undefined || workflow === undefined) return undefined;
  return `${first.from}:${first.line} hands the whole event to ${first.name}, which cannot be looked at`;
}
