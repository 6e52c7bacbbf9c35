const WORKFLOW_PATH = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** Compiled from a Markdown source beside it (GitHub Agentic Workflows); the source is what people edit. */
const GENERATED_PATH = /\.lock\.ya?ml$/;

/** What generators write at the head of a file to keep hands off. */
const GENERATED_NOTICE =
  /\bdo\s+not\s+(?:edit|modify|change)\b|@generated\b|\b(?:file|workflow)\s+(?:is|was|has\s+been)\s+(?:auto(?:matically)?[\s-]*)?generated\b/i;

/**
 * Whether a path is that of a workflow file which GitHub runs. Subfolders are not looked at by GitHub, and
 * `dynamic/…` names workflows that have no file.
 */
export function isWorkflowPath(path: string): boolean {
  return WORKFLOW_PATH.test(path);
}

/** A path of GitHub's with the ref behind it. File names and refs may hold an "@" themselves; only refs hold a slash. */
const PATH_AT_REF = /^((?:\.github\/workflows\/[^/]+|.+)\.ya?ml)@/;

/** The path of a run's workflow file: GitHub may write `@ref` behind it. */
export function pathWithoutRef(path: string): string {
  return PATH_AT_REF.exec(path)?.[1] ?? path;
}

/** Whether the file is a generator's output, told by its name or by the comments above its first key. */
export function isGeneratedFile(path: string, headComments: readonly string[]): boolean {
  return GENERATED_PATH.test(path) || GENERATED_NOTICE.test(headComments.join(' '));
}
