const WORKFLOW_PATH = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** Where the net lies that catches the ticks of the workflows on time. */
export const NET_PATH = '.github/workflows/offbeat-net.yml';

/** Compiled from a Markdown source beside it (GitHub Agentic Workflows); the source is what people edit. */
const GENERATED_PATH = /\.lock\.ya?ml$/;

/** Notices at the head of a file that say it is generated, or not to be edited. */
const GENERATED_NOTICES = [
  /\bdo\s+not\s+(?:edit|modify|change)\b/i,
  /@generated\b/i,
  /\b(?:file|workflow)\s+(?:is|was|has\s+been)\s+(?:auto(?:matically)?[\s-]*)?generated\b/i,
];

/** Whether GitHub runs this path: it ignores subfolders, and `dynamic/…` are workflows without a file. */
export function isWorkflowPath(path: string): boolean {
  return WORKFLOW_PATH.test(path);
}

/** The folder of a path; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path followed by `@ref`, as GitHub writes it. Both may contain an "@"; of the two only refs contain a slash. */
const PATH_AT_REF = /^((?:\.github\/workflows\/[^/]+|.+)\.ya?ml)@/;

/** The path of a run's workflow file, without the `@ref` that GitHub may append. */
export function pathWithoutRef(path: string): string {
  return PATH_AT_REF.exec(path)?.[1] ?? path;
}

/** Whether a generator wrote the file, judging by its name or the comments above its first key. */
export function isGeneratedFile(path: string, headComments: readonly string[]): boolean {
  const head = headComments.join(' ');
  return GENERATED_PATH.test(path) || GENERATED_NOTICES.some((notice) => notice.test(head));
}
