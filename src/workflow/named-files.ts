import { isMap, isScalar, type Node, visit } from 'yaml';
import type { YamlSource } from './document.ts';
import { childOf } from './entries.ts';
import { reachesEvent } from './event-schedule.ts';

/** A step or job that runs another file or action. */
export interface NamedFiles {
  /** What it names, as it is written there. */
  readonly name: string;
  /** 1-based line of the step's `uses` or `run`. */
  readonly line: number;
  /**
   * Files of the repository that it runs; of an action's two possible names one exists. Empty for what lies elsewhere.
   */
  readonly paths: readonly string[];
  /** Whether the whole event is handed to it, and not only printed by the step itself. */
  readonly handed: boolean;
}

/** A script with a known extension, or a path that begins with `./`; GitHub's own folders may stand before it. */
const SCRIPT =
  /(?:^|[\s"'`=(;|&<])(\$\{?GITHUB_(?:ACTION_PATH|WORKSPACE)\}?\/|\$\{\{\s*github\.(?:action_path|workspace)\s*\}\}\/)?((?:\.{1,2}\/){0,9}(?:[\w@.-]{1,99}\/){0,20}[\w@.-]{1,99}\.(?:sh|bash|zsh|py|rb|pl|php|ps1|[cm]?[jt]s)|\.\/[\w@./-]{1,250})(?=$|[\s"'`);|&>])/gm;

/** Longest script that is searched for the names of others. */
const MAX_SEARCHED = 100_000;

/** What a workflow, or the `action.yml` of a local action, runs. */
export function namedFilesOf(path: string, source: YamlSource): readonly NamedFiles[] {
  const named: NamedFiles[] = [];
  if (source.document === undefined) return named;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  visit(source.document, {
    Map: (_, node) => {
      const text = (key: string) => textOf(childOf(node, key));
      const line = (key: string) => source.position(childOf(node, key)?.range?.[0] ?? 0).line;
      const uses = text('uses');
      const inputs = childOf(node, 'with');
      const script = text('run') ?? (isMap(inputs) ? textOf(childOf(inputs, 'script')) : undefined);
      if (script !== undefined) {
        const handed = handsEvent(childOf(node, 'env'), script);
        const base = text('working-directory') ?? '';
        const key = text('run') === undefined ? 'uses' : 'run';
        named.push({ name: 'its command', line: line(key), paths: scriptsIn(script, base, folder), handed });
      } else if (uses !== undefined) {
        const handed = handsEvent(inputs) || handsEvent(childOf(node, 'env'));
        named.push({ name: uses, line: line('uses'), paths: pathsOfUse(uses), handed });
      }
      for (const key of ['main', 'pre', 'post']) {
        const written = text('using') === undefined ? undefined : text(key);
        const at = written === undefined ? null : joined(folder, written);
        if (at !== null) named.push({ name: at, line: line(key), paths: [at], handed: false });
      }
    },
  });
  return named;
}

function textOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Whether values hold the whole event, other than in a variable that the step's own script names. */
function handsEvent(values: Node | undefined, script?: string): boolean {
  if (!isMap(values)) return false;
  return values.items.some(({ key, value }) => {
    if (!isScalar(value) || typeof value.value !== 'string' || !reachesEvent(value.value)) return false;
    const name = isScalar(key) ? String(key.value) : '';
    return script === undefined ? name !== 'script' : !script.includes(name);
  });
}

function pathsOfUse(uses: string): readonly string[] {
  if (!uses.startsWith('./')) return [];
  if (/\.ya?ml$/.test(uses)) return [joined('', uses)].filter((path) => path !== null);
  return ['action.yml', 'action.yaml'].flatMap((file) => joined(uses, file) ?? []);
}

function scriptsIn(script: string, base: string, actionFolder: string): readonly string[] {
  const found = new Set<string>();
  for (const [, prefix = '', name = ''] of script.slice(0, MAX_SEARCHED).matchAll(SCRIPT)) {
    const from = /action_path/i.test(prefix) ? actionFolder : prefix === '' ? base : '';
    const path = joined(from, name);
    if (path !== null) found.add(path);
  }
  return [...found];
}

/** A path within the repository, without `.` and `..`; `null` where it leads out of it. */
function joined(folder: string, name: string): string | null {
  const parts: string[] = [];
  for (const part of `${folder}/${name}`.split('/')) {
    if (part === '..' && parts.pop() === undefined) return null;
    if (part.includes('$')) return null;
    if (part !== '' && part !== '.' && part !== '..') parts.push(part);
  }
  return parts.length === 0 ? null : parts.join('/');
}
