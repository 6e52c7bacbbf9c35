import { either } from '../either.ts';

/** The files of its repository that a shell script runs. */
export interface RunFiles {
  /** Paths of files; some may not exist in the repository. */
  readonly paths: readonly string[];
  /** Recipes of a `Makefile`, scripts of a `package.json`. */
  readonly recipes: readonly Recipe[];
}

/** A part of a file that is run by its name. */
export interface Recipe {
  readonly path: string;
  /** `null` for the first target of a Makefile. */
  readonly name: string | null;
}

/** A file with a known extension, or a path that begins with `./`; GitHub's own folders may stand before it. */
const GITHUB_FOLDER =
  /\$\{?GITHUB_(?:ACTION_PATH|WORKSPACE)\}?\/|\$\{\{\s*github\.(?:action_path|workspace)\s*\}\}\//;
const SCRIPT_PATH = either(
  '',
  /(?:\.{1,2}\/){0,9}(?:[\w@.-]{1,99}\/){0,20}[\w@.-]{1,99}\.(?:sh|bash|zsh|py|rb|pl|php|ps1|[cm]?[jt]s)/,
  /\.\/[\w@./-]{1,250}/,
);
const SCRIPT = new RegExp(
  `${/(?:^|[\s"'`=(;|&<])/.source}(${GITHUB_FOLDER.source})?(${SCRIPT_PATH.source})${/(?=$|[\s"'`);|&>])/.source}`,
  'gm',
);

/** Text that may stand before a command: variables, and programs that run another program. */
const STARTER = String.raw`(?:sudo|exec|time|env|command)\s+|(?:uv|poetry|pipenv|bundle)\s+(?:run|exec)\s+`;
const BEFORE = String.raw`^[(@-]?\s*(?:\w+=\S*\s+|${STARTER})*`;
/** A path without extension, as a command or as the argument of an interpreter. */
const COMMAND = new RegExp(String.raw`${BEFORE}(?![~/])([\w@.-]+\/[\w@./-]+)(?=$|[\s)])`);
const INTERPRETER = String.raw`(?:bash|sh|zsh|source|\.|python3?|node|ruby|perl|php)\s+`;
const INTERPRETED = new RegExp(
  String.raw`${BEFORE}${INTERPRETER}(?:-(?!m\b)\S+\s+)*(?![~/-])([\w@./-]+)(?=$|[\s)])`,
);
const MODULE = new RegExp(String.raw`${BEFORE}python3?\s+(?:-(?!m\b)\S+\s+)*-m\s+([\w.]+)`);
const CHANGE_FOLDER = /^\(?\s*(?:cd|pushd)\s+["']?([^\s"');]+)["']?/;
const MAKE = new RegExp(String.raw`${BEFORE}make((?:\s+\S+)*)\s*\)?$`);
const PACKAGE_RUN = String.raw`(?:npm|pnpm|bun)\s+(?:run|run-script)|yarn(?:\s+run)?|npm(?=\s+(?:test|start|t)\b)`;
const PACKAGE_SCRIPT = new RegExp(String.raw`${BEFORE}(?:${PACKAGE_RUN})\s+(?:-\S+\s+)*([\w:.-]+)`);
const WORKSPACE = /^(?:\$\{?GITHUB_WORKSPACE\}?|\$\{\{\s*github\.workspace\s*\}\})\/?/;

/** The text behind a key of a `package.json`. */
const PACKAGE_VALUE = /^\s{0,9}:\s{0,9}"((?:[^"\\]|\\.)*)"/;

const COMMAND_END = /\n|&&|\|\||[;|]/;

/** Bounds of the search for names of files in a script, as anybody may write the script. */
const MAX_SEARCHED = 100_000;
const MAX_COMMANDS = 3_000;
const MAX_COMMAND = 1_000;

/** The folder in which a script lies, as the script itself works it out. */
const OWN_NAME = String.raw`"?\$(?:0|BASH_SOURCE|\{(?:0|BASH_SOURCE(?:\[0\])?)\})"?`;
const OWN_FILE = String.raw`(?:${OWN_NAME}|"?\$\((?:readlink -f|realpath) ${OWN_NAME}\)"?)`;
const OWN_PARENT = String.raw`(?:\$\( ?dirname (?:-- )?${OWN_FILE} ?\)|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%/\*\})`;
const TO_NOWHERE = '(?: ?&?[12]?> ?/dev/null(?: 2>&1)?)?';
const GONE_TO = String.raw`\$\( ?cd (?:-- )?"?${OWN_PARENT}"?((?:/\.\.){0,9})/?"?${TO_NOWHERE} ?&& ?pwd(?: -P)? ?\)`;
const OWN_FOLDER = new RegExp(`${GONE_TO}|${OWN_PARENT}`, 'g');

/** A variable that holds a folder of the checkout. */
const HOLDS_FOLDER = /^[ \t]*(?:\w+[ \t]+)?(\w+)=["']?(\$GITHUB_WORKSPACE\/[\w@./-]{0,250})["']?[ \t]*$/gm;

/** The script with its own folder written out, below the checkout, and with the variables that hold that folder. */
function withOwnFolder(script: string, ownFolder: string): string {
  const written = script.replace(OWN_FOLDER, (_, up = '') => `$GITHUB_WORKSPACE/${ownFolder}${up}`);
  if (written === script) return script;
  const held = new Map<string, string>();
  for (const [, name = '', folder = ''] of written.matchAll(HOLDS_FOLDER)) held.set(name, folder);
  return written
    .replace(/\$\{?(\w+)\}?(?=["']?[/\s])/g, (whole, name) => held.get(name) ?? whole)
    .replace(/(\$GITHUB_WORKSPACE\/[\w@./-]{0,250})["']\//g, '$1/');
}

/**
 * Files that a shell script names. `base`: the folder that it runs in; `actionFolder`: that of its action; `ownFolder`:
 * the one in which the script itself lies, where it is a file.
 */
export function filesRunBy(
  written: string,
  base: string,
  actionFolder: string,
  ownFolder?: string,
): RunFiles {
  const searched = written.slice(0, MAX_SEARCHED);
  const script =
    ownFolder === undefined ? searched : withOwnFolder(searched, ownFolder).slice(0, MAX_SEARCHED);
  const paths = new Set<string>();
  const recipes = new Map<string, Recipe>();
  let folder: string | null = joined('', base) ?? '';
  const outer: (string | null)[] = [];
  const commands = script.replaceAll('\\\n', ' ').split(COMMAND_END, MAX_COMMANDS);
  for (const one of commands) {
    const command = one.trim().slice(0, MAX_COMMAND);
    if (command === '' || command.startsWith('#')) continue;
    if (command.startsWith('(')) outer.push(folder);
    const changed = CHANGE_FOLDER.exec(command)?.[1];
    if (changed !== undefined) folder = folderAfter(folder, changed);
    for (const path of namedIn(command, folder, actionFolder)) paths.add(path);
    for (const recipe of folder === null ? [] : recipesIn(command, folder)) {
      recipes.set(`${recipe.path} ${recipe.name}`, recipe);
    }
    if (command.endsWith(')')) folder = outer.pop() ?? folder;
  }
  return { paths: [...paths], recipes: [...recipes.values()] };
}

/** `null` where the folder is not known, or lies outside the repository. */
function folderAfter(folder: string | null, changed: string): string | null {
  if (WORKSPACE.test(changed)) return joined('', changed.replace(WORKSPACE, '')) ?? '';
  if (folder === null || /^[~/-]/.test(changed) || changed.includes('$')) return null;
  return joined(folder, changed) ?? (/^[./]+$/.test(changed) ? '' : null);
}

function namedIn(command: string, folder: string | null, actionFolder: string): readonly string[] {
  const found: (string | null)[] = [];
  for (const [, prefix = '', name = ''] of command.matchAll(SCRIPT)) {
    const from = /action_path/i.test(prefix) ? actionFolder : prefix === '' ? folder : '';
    if (from !== null) found.push(joined(from, name));
  }
  if (folder !== null) {
    for (const name of [COMMAND, INTERPRETED].flatMap((pattern) => pattern.exec(command)?.[1] ?? [])) {
      found.push(joined(folder, name));
    }
    const name = MODULE.exec(command)?.[1];
    if (name !== undefined) found.push(joined(folder, `${name.replaceAll('.', '/')}.py`));
  }
  return found.filter((path) => path !== null && !/(?:^|\/)node_modules\//.test(path)).map(String);
}

function recipesIn(command: string, folder: string): readonly Recipe[] {
  const make = MAKE.exec(command)?.[1];
  const ofMake = make === undefined ? [] : makeRecipes(make, folder);
  const name = PACKAGE_SCRIPT.exec(command)?.[1];
  const path = joined(folder, 'package.json');
  return name === undefined || path === null ? ofMake : [...ofMake, { path, name }];
}

/** The targets of one call of make: `make -C dir a b X=1`. */
function makeRecipes(written: string, folder: string): readonly Recipe[] {
  const words = written.trim().split(/\s+/);
  const at = words.findIndex((word) => word === '-C' || word === '--directory');
  const path = joined(at === -1 ? folder : `${folder}/${words[at + 1]}`, 'Makefile');
  if (path === null) return [];
  const targets = words.filter(
    (word, place) => /^[\w./-]+$/.test(word) && !word.startsWith('-') && (at === -1 || place !== at + 1),
  );
  return targets.length === 0 ? [{ path, name: null }] : targets.map((name) => ({ path, name }));
}

/** Most targets that one call of make leads to, prerequisites included; Makefiles of repositories need fewer. */
const MOST_TARGETS = 50;

/** The text of the file with the lines of a recipe only; all other lines are empty, so line numbers stay. */
export function recipeLines({ path, name }: Recipe, text: string): string {
  const lines = text.slice(0, MAX_SEARCHED).split('\n');
  if (path.endsWith('package.json')) return packageLines(text, name ?? '', lines.length).join('\n');
  const kept = makeLines(lines, name);
  return lines.map((line, at) => (kept.has(at) ? line : '')).join('\n');
}

/** npm runs `prex` before and `postx` after `x`. */
function packageLines(text: string, name: string, count: number): readonly string[] {
  const lines = Array.from({ length: count }, () => '');
  const scripts = text.indexOf('"scripts"');
  for (const before of ['pre', '', 'post']) {
    const key = `"${before}${name}"`;
    const start = text.indexOf(key, scripts);
    const [, value = ''] = start === -1 ? [] : (PACKAGE_VALUE.exec(text.slice(start + key.length)) ?? []);
    const at = text.slice(0, start).split('\n').length - 1;
    if (value !== '') lines[at] = `${lines[at]} ; ${value.replaceAll('\\"', '"')}`;
  }
  return lines;
}

function makeLines(lines: readonly string[], name: string | null): ReadonlySet<number> {
  const rules = lines.flatMap((line, at) => {
    const [, targets = '', needed = ''] = /^([\w./ -]{1,200}?)::?(?!=)([^=#]*)/.exec(line) ?? [];
    return targets === '' || targets.startsWith('.')
      ? []
      : [{ at, targets: words(targets), needed: words(needed) }];
  });
  const kept = new Set<number>();
  const wanted = [name ?? rules[0]?.targets[0] ?? ''];
  // The list grows while it is gone through.
  for (const target of wanted) {
    for (const rule of rules.filter(({ targets }) => targets.includes(target))) {
      kept.add(rule.at);
      for (let at = rule.at + 1; /^(?:\t|\s*$|#)/.test(lines[at] ?? 'x'); at += 1) kept.add(at);
      const more = rule.needed.filter((one) => !wanted.includes(one));
      wanted.push(...more.slice(0, MOST_TARGETS - wanted.length));
    }
  }
  return kept;
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A path within the repository, without `.` and `..`; `null` where it leads out of it. */
export function joined(folder: string, name: string): string | null {
  const parts: string[] = [];
  for (const part of `${folder}/${name}`.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part.includes('$')) return null;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.length === 0 ? null : parts.join('/');
}
