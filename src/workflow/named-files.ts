import { isMap, isNode, isScalar, type Node, visit, type YAMLMap } from 'yaml';
import { filesRunBy, joined, type Recipe } from './commands-of-script.ts';
import type { YamlSource } from './document.ts';
import { childOf, itemsOf, scalarText } from './entries.ts';
import { reachesEvent } from './event-schedule.ts';
import { folderOf } from './paths.ts';

/** A step or job that runs another file or action. */
export interface NamedFiles {
  /** What it names, as it is written there. */
  readonly name: string;
  /** 1-based line of the step's `uses` or `run`. */
  readonly line: number;
  /** Files of the repository that it runs, of an action both possible names; empty for what lies elsewhere. */
  readonly paths: readonly string[];
  /** Recipes and scripts of the repository that it runs by name. */
  readonly recipes: readonly Recipe[];
  /** The folder that it runs in. */
  readonly base: string;
  /** Whether the whole event is handed to it, and not only printed by the step itself. */
  readonly handed: boolean;
  /** Of a Dockerfile: what its action runs in the container besides what the file says. */
  readonly inContainer?: string;
}

const PLAIN = { recipes: [], base: '' } as const;

/** The files and actions that a workflow, or the `action.yml` of a local action, runs. */
export function namedFilesOf(path: string, source: YamlSource): readonly NamedFiles[] {
  const named: NamedFiles[] = [];
  if (source.document === undefined) return named;
  const folder = folderOf(path);
  visit(source.document, {
    Map: (_, node, ancestors) => {
      const text = (key: string) => scalarText(childOf(node, key));
      const line = (key: string) => source.placeOf(childOf(node, key)).line;
      const uses = text('uses');
      const inputs = childOf(node, 'with');
      const script = text('run') ?? scalarText(childOf(inputs, 'script'));
      if (script !== undefined) {
        const handed = handsEvent(childOf(node, 'env'), script);
        const base = text('working-directory') ?? defaultFolder(ancestors.filter(isNode));
        const key = text('run') === undefined ? 'uses' : 'run';
        named.push({
          name: 'its command',
          line: line(key),
          base,
          handed,
          ...filesRunBy(script, base, folder),
        });
      } else if (uses !== undefined) {
        const handed = handsEvent(inputs) || handsEvent(childOf(node, 'env'));
        named.push({ name: uses, line: line('uses'), paths: pathsOfUse(uses), handed, ...PLAIN });
      }
      named.push(...inContainerOf(node, folder, line));
      for (const key of ['main', 'pre', 'post']) {
        const written = text('using') === undefined ? undefined : text(key);
        const at = written === undefined ? null : joined(folder, written);
        if (at !== null) named.push({ name: at, line: line(key), paths: [at], handed: false, ...PLAIN });
      }
    },
  });
  return named;
}

/** What a Docker action, or a step with `uses: docker://…`, runs in its container. */
function inContainerOf(node: YAMLMap, folder: string, line: (key: string) => number): readonly NamedFiles[] {
  const image = scalarText(childOf(node, 'image'));
  const isAction = image !== undefined && scalarText(childOf(node, 'using')) === 'docker';
  const inputs = childOf(node, 'with');
  const isStep = isMap(inputs) && scalarText(childOf(node, 'uses'))?.startsWith('docker://') === true;
  if (!isAction && !isStep) return [];
  const given = isStep ? inputs : node;
  const written = ['entrypoint', 'pre-entrypoint', 'post-entrypoint', 'args'].flatMap((key) => {
    return itemsOf(childOf(given, key)).flatMap((one) => scalarText(one) ?? []);
  });
  const inContainer = written.join('\n').replaceAll(CHECKOUT_IN_CONTAINER, './');
  const named = { handed: false, ...PLAIN };
  // A container starts in the checkout; the files of an action may stand in its folder too.
  const folders = isAction ? ['', folder] : [''];
  const scripts = folders.flatMap((base) => filesRunBy(inContainer, base, folder).paths);
  const place = line(isAction ? 'image' : 'uses');
  const found = scripts.map((path) => ({ ...named, name: path, line: place, paths: [path] }));
  const dockerfile = !isAction || image.startsWith('docker://') ? null : joined(folder, image);
  if (dockerfile === null) return found;
  return [...found, { ...named, name: dockerfile, line: place, paths: [dockerfile], inContainer }];
}

/** The folder of the checkout in a container. */
const CHECKOUT_IN_CONTAINER = /\/github\/workspace\//g;

/** The folder that `defaults` of the job or the workflow name for each `run`. */
function defaultFolder(ancestors: readonly Node[]): string {
  const folders = ancestors.map((node) =>
    scalarText(childOf(childOf(childOf(node, 'defaults'), 'run'), 'working-directory')),
  );
  return folders.findLast((folder) => folder !== undefined) ?? '';
}

/** Whether values hold the whole event, other than in a variable that the step's own script names. */
function handsEvent(values: Node | undefined, script?: string): boolean {
  if (!isMap(values)) return false;
  return values.items.some(({ key, value }) => {
    if (!reachesEvent(scalarText(value) ?? '')) return false;
    const name = isScalar(key) ? String(key.value) : '';
    return script === undefined ? name !== 'script' : !script.includes(name);
  });
}

function pathsOfUse(uses: string): readonly string[] {
  if (!uses.startsWith('./')) return [];
  if (/\.ya?ml$/.test(uses)) return [joined('', uses)].filter((path) => path !== null);
  return ['action.yml', 'action.yaml'].flatMap((file) => joined(uses, file) ?? []);
}
