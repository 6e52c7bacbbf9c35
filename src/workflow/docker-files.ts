import { joined } from './commands-of-script.ts';
import { fileNameOf, folderOf } from './paths.ts';

/*
 * Files of the repository that run in the container of a Docker action. Its `Dockerfile` copies them into the image;
 * commands name them by their path there.
 */

/** What an image holds of the repository. */
export interface Image {
  /** The folder of the Dockerfile, which is what its build can copy from. */
  readonly folder: string;
  readonly copies: readonly Copy[];
}

/** One file or folder that is copied. */
interface Copy {
  /** Relative to the folder of the Dockerfile; empty for all of it. */
  readonly from: string;
  /** Absolute path in the image, without a slash at its end. */
  readonly to: string;
}

/** Bounds of what is read of a Dockerfile, as anybody may write it. */
const MAX_SEARCHED = 100_000;
const MOST_COPIES = 100;
const MOST_NAMES = 1_000;
const MAX_PATH = 1_000;

/** Instructions whose command runs with the action, not while the image is built. */
const RUNS = /^\s*(?:ENTRYPOINT|CMD)\b/i;

/** A path in the image, or one in the folder in which the container starts. */
const NAMED = /(?:^|[\s"'`=(;|&<,[])(\/?(?:[\w@.-]{1,99}\/){0,20}[\w@.-]{1,99})(?=$|[\s"'`);|&>,\]])/g;

/** The folder of the checkout in the container; it starts there. */
const WORKSPACE = '/github/workspace/';

/** Folders that a system has anyway, which nobody copies as a part of `/`. */
const OF_THE_SYSTEM = /^\/(?:bin|dev|etc|github|home|lib\d*|proc|root|sbin|sys|tmp|usr|var)\//;

/** Reads what a Dockerfile copies; what comes from another stage or from elsewhere is left out. */
export function imageOf(path: string, text: string): Image {
  const copies: Copy[] = [];
  let current = '';
  for (const { line } of instructionsOf(text)) {
    const [, instruction = '', rest = ''] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    if (/^from$/i.test(instruction)) current = '';
    if (/^workdir$/i.test(instruction)) current = absolute(current, rest.trim()).slice(0, MAX_PATH);
    if (!/^(?:copy|add)$/i.test(instruction) || /--from=/.test(rest)) continue;
    const words = wordsOf(rest).filter((word) => !word.startsWith('--') && word.length <= MAX_PATH);
    const target = words.pop() ?? '';
    for (const word of words.slice(0, Math.max(0, MOST_COPIES - copies.length))) {
      if (word.includes('$')) continue;
      const from = joined('', withoutPattern(word)) ?? '';
      const to = absolute(current, target);
      const isInto = target.endsWith('/') || /^\.*$/.test(target) || words.length > 1;
      // A file keeps its name, of a folder its content is copied; without an ending it may be either.
      if (isInto && from !== '') copies.push({ from, to: `${to}/${fileNameOf(from)}` });
      if (!isInto || !/\.\w+$/.test(from)) copies.push({ from, to });
    }
  }
  return { folder: folderOf(path), copies: copies.slice(0, MOST_COPIES) };
}

/** Of a pattern the folder that it lies in. */
function withoutPattern(word: string): string {
  const at = word.search(/[*?]/);
  return at === -1 ? word : word.slice(0, word.lastIndexOf('/', at) + 1);
}

/** Files that a command in the container may run, as their paths in the repository; some may not exist there. */
export function filesRunInImage({ folder, copies }: Image, command: string): readonly string[] {
  const found = new Set<string>();
  const names = [...command.slice(0, MAX_SEARCHED).matchAll(NAMED)].map(([, name = '']) => name);
  for (const name of new Set(names.slice(0, MOST_NAMES))) {
    const path = absolute('', name);
    if (name.startsWith(WORKSPACE)) found.add(name.slice(WORKSPACE.length));
    for (const { from, to } of copies) {
      // Without a slash it is looked for in the folders of `PATH`.
      const isNamed = name.startsWith('/') ? path === to : fileNameOf(to) === name;
      const isBelow = name.startsWith(`${to}/`) && !(to === '' && OF_THE_SYSTEM.test(name));
      const below = isBelow ? path.slice(to.length) : null;
      const file = isNamed || below !== null ? joined(folder, `${from}/${isNamed ? '' : below}`) : null;
      if (file !== null && file !== folder) found.add(file);
    }
  }
  return [...found];
}

/** The Dockerfile with the instructions only that run with the action; other lines are empty, so line numbers stay. */
export function runLines(text: string): string {
  const lines = text.split('\n').map(() => '');
  for (const { line, at } of instructionsOf(text)) if (RUNS.test(line)) lines[at] = line;
  return lines.join('\n');
}

/** Instructions, each on one line, with the 0-based line on which they begin; comments are left out. */
function instructionsOf(text: string): readonly { readonly line: string; readonly at: number }[] {
  const instructions: { line: string; at: number }[] = [];
  let open: { line: string; at: number } | undefined;
  for (const [at, written] of text.slice(0, MAX_SEARCHED).split('\n').entries()) {
    if (/^\s*(?:#|$)/.test(written)) continue;
    const trimmed = written.trimEnd();
    const continued = trimmed.endsWith('\\');
    const line = continued ? trimmed.slice(0, -1) : trimmed;
    if (open === undefined) {
      open = { line, at };
      instructions.push(open);
    } else {
      open.line += ` ${line.trim()}`;
    }
    if (!continued) open = undefined;
  }
  return instructions;
}

/** Words of an instruction, in either form: `a b`, `["a", "b"]`. */
function wordsOf(rest: string): string[] {
  return rest.split(/[\s,"[\]]+/).filter((word) => word !== '');
}

/** A path in the image without `.` and a slash at its end; empty for its root. */
function absolute(current: string, path: string): string {
  const inside = joined('', path.startsWith('/') ? path : `${current}/${path}`);
  return inside === null ? '' : `/${inside}`;
}
