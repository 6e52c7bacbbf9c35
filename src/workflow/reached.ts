import { filesRunBy, type Recipe, type RunFiles, recipeLines } from './commands-of-script.ts';
import { filesRunInImage, type Image, imageOf, runLines } from './docker-files.ts';
import { readYaml, type YamlSource } from './document.ts';
import { type NamedFiles, namedFilesOf } from './named-files.ts';
import { folderOf, isWorkflowPath } from './paths.ts';
import { type ReadSource, readWorkflowSource } from './read.ts';
import type { Schedule } from './schedule.ts';
import { readScheduleUses, type ScheduleReading } from './schedule-literals.ts';

/** A file of the repository with its text. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A workflow, or the `action.yml` of a local action. */
export interface ReadYaml {
  readonly path: string;
  readonly source: YamlSource;
  readonly uses: ScheduleReading;
}

/** The files of its repository that a workflow runs. */
export interface Reached {
  /** Called workflows and local actions, without the workflow itself. */
  readonly files: readonly ReadYaml[];
  readonly scripts: readonly TextFile[];
  readonly missing: readonly string[];
  /** Steps that get the whole event and none of whose files could be read. */
  readonly unknown: readonly (NamedFiles & { readonly from: string })[];
}

/** A workflow with the files that it runs; they are only looked for where it has a schedule. */
export interface ReachingWorkflow {
  readonly read: ReadSource;
  readonly reached: Reached;
}

/** Most scripts of one workflow that are looked at. */
const MOST_SCRIPTS = 100;
/** Scripts whose commands are searched for further files: shell scripts and recipes. */
const IN_SHELL = /(?:^|\/)(?:[^/.]+|package\.json|[^/]+\.(?:sh|bash|zsh))$/;

const NOTHING: Reached = { files: [], scripts: [], missing: [], unknown: [] };

/** Every workflow that GitHub runs, with the files that it runs, as far as `sources` holds them. */
export function readReaching(sources: readonly TextFile[]): readonly ReachingWorkflow[] {
  return [...eachReaching(sources)];
}

/** The same as a generator, as hundreds take a second, without workflows whose text is not `wanted`. */
export function* eachReaching(
  sources: readonly TextFile[],
  wanted: (text: string) => boolean = () => true,
): Generator<ReachingWorkflow> {
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  for (const { path, text } of sources) {
    if (!isWorkflowPath(path) || !wanted(text)) continue;
    const read = readWorkflowSource(path, text);
    yield { read, reached: read.file.schedules.length === 0 ? NOTHING : reachedFrom(read, texts) };
  }
}

function reachedFrom({ file, source, uses }: ReadSource, texts: ReadonlyMap<string, string>): Reached {
  const files: ReadYaml[] = [{ path: file.path, source, uses }];
  const scripts = new Map<string, TextFile>();
  const missing = new Set<string>();
  const unknown: (NamedFiles & { readonly from: string })[] = [];
  const follow = (run: RunFiles, base: string): void => {
    for (const recipe of run.recipes) followRecipe(recipe);
    for (const path of run.paths) followScript(path, base);
  };
  const keep = (name: string, script: TextFile, base: string, image?: Image): void => {
    if (scripts.has(name) || scripts.size >= MOST_SCRIPTS) return;
    scripts.set(name, script);
    if (!IN_SHELL.test(script.path)) return;
    follow(filesRunBy(script.text, base, '', folderOf(script.path)), base);
    if (image === undefined) return;
    for (const path of filesRunInImage(image, script.text)) followScript(path, base, image);
  };
  const keepDockerfile = (path: string, text: string, inContainer: string): void => {
    if (!scripts.has(path) && scripts.size >= MOST_SCRIPTS) return;
    const image = imageOf(path, text);
    const own = { path, text: runLines(text) };
    scripts.set(path, own);
    for (const named of filesRunInImage(image, `${own.text}\n${inContainer}`)) followScript(named, '', image);
  };
  const followRecipe = (recipe: Recipe): void => {
    const { path } = recipe;
    const text = texts.get(path);
    if (text === undefined) missing.add(path);
    else keep(`${path} ${recipe.name}`, { path, text: recipeLines(recipe, text) }, folderOf(path));
  };
  const followScript = (path: string, base: string, image?: Image): void => {
    const text = texts.get(path);
    if (text === undefined) missing.add(path);
    else if (!/\.ya?ml$/.test(path)) keep(path, { path, text }, base, image);
  };
  // The list grows while it is gone through.
  for (const { path: from, source: within } of files) {
    for (const named of namedFilesOf(from, within)) {
      for (const recipe of named.recipes) followRecipe(recipe);
      const known = named.paths.filter((path) => texts.has(path));
      if (known.length === 0) {
        for (const path of named.paths) missing.add(path);
        if (named.handed && !named.recipes.some(({ path }) => texts.has(path)))
          unknown.push({ ...named, from });
      }
      for (const path of known) {
        const text = texts.get(path) ?? '';
        if (named.inContainer !== undefined) keepDockerfile(path, text, named.inContainer);
        else if (!/\.ya?ml$/.test(path)) keep(path, { path, text }, named.base);
        else if (!files.some((other) => other.path === path)) files.push(readFile(path, text));
      }
    }
  }
  return { files: files.slice(1), scripts: [...scripts.values()], missing: [...missing], unknown };
}

function readFile(path: string, text: string): ReadYaml {
  const source = readYaml(text);
  return { path, source, uses: readScheduleUses(source) };
}

/** A called workflow or local action that reads the schedule, with every schedule that it may be run for. */
export interface SharedFile extends ReadYaml {
  readonly schedules: readonly Schedule[];
}

/** Files that read the schedule of workflows that run them, by path. */
export function sharedFilesOf(workflows: readonly ReachingWorkflow[]): ReadonlyMap<string, SharedFile> {
  const shared = new Map<string, SharedFile>();
  for (const { read, reached } of workflows) {
    for (const file of reached.files.filter(({ uses }) => uses.used)) {
      const own = workflows.find((other) => other.read.file.path === file.path)?.read.file.schedules ?? [];
      const before = shared.get(file.path)?.schedules ?? own;
      shared.set(file.path, { ...file, schedules: [...before, ...read.file.schedules] });
    }
  }
  return shared;
}
