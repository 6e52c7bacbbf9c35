import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';

/** Known keys; a merge key is refused for what it is, not as unknown. */
const ENTRY_KEYS: ReadonlySet<string> = new Set(['cron', 'timezone', '<<']);

/** One item of `on.schedule` with its nodes in the document. */
export interface Entry {
  readonly index: number;
  readonly node: Node | undefined;
  readonly cron: Scalar | undefined;
  readonly timezone: Node | undefined;
  /** Whether an anchor, alias, tag or merge key stands between `on` and the cron. */
  readonly shared: boolean;
  /** Whether the list is written with brackets. */
  readonly flow: boolean;
  /** Whether it stands in a list, as GitHub requires. */
  readonly listed: boolean;
  /** The first key that GitHub does not know, which makes the whole file invalid there. */
  readonly unknownKey: Scalar | undefined;
}

/** The triggers: the value of the key `on`, however it is quoted. */
export function triggersOf(document: Document | undefined): Node | undefined {
  return childOf(document?.contents, 'on');
}

/** The pair of a key; `undefined` also where `map` is no mapping. */
export function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) : undefined;
}

/** The node under a key. Aliases are left as they are. */
export function childOf(map: unknown, key: string): Node | undefined {
  return asNode(pairOf(map, key)?.value);
}

/** The items of a list; anything else as the one item. */
export function itemsOf(node: unknown): readonly unknown[] {
  return isSeq(node) ? node.items : [node];
}

/** The text of a scalar; `undefined` for anything else, numbers among them. */
export function scalarText(node: unknown): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** One text, or the texts of a list; other items are left out. */
export function textsOf(node: Node | undefined): readonly string[] {
  return itemsOf(node).flatMap((item) => scalarText(item) ?? []);
}

/** Names of triggers: one, a list, or the keys of a mapping. */
export function triggerNames(triggers: Node | undefined): readonly string[] {
  if (!isMap(triggers)) return textsOf(triggers);
  return triggers.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
}

/** Values of a key of the workflow itself and of its jobs. */
export function nodesUnder(document: Document | undefined, key: string): readonly Node[] {
  const jobs = childOf(document?.contents, 'jobs');
  const owners = [document?.contents, ...(isMap(jobs) ? jobs.items.map(({ value }) => value) : [])];
  return owners.flatMap((owner) => childOf(owner, key) ?? []);
}

/** The key `on`; `undefined` where there is none. */
export function triggersKey(document: Document | undefined): Node | undefined {
  return asNode(pairOf(document?.contents, 'on')?.key);
}

/** Offsets of the document's outermost keys, in their order. */
export function keyOffsets(document: Document | undefined): number[] {
  const contents = document?.contents;
  if (!isMap(contents)) return [];
  return contents.items.flatMap(({ key }) => (isScalar(key) && key.range ? [key.range[0]] : []));
}

/** The key `schedule`; `undefined` where there is none. */
export function scheduleKey(document: Document | undefined): Node | undefined {
  if (document === undefined) return undefined;
  const triggers = follow(document, triggersOf(document)).node;
  return asNode(pairOf(triggers, 'schedule')?.key);
}

/** Every item of `on.schedule`, invalid ones included: an index counts them all. */
export function entriesOf(document: Document): Entry[] {
  const triggers = follow(document, triggersOf(document));
  const list = follow(document, childOf(triggers.node, 'schedule'));
  const items = isCollection(list.node) ? itemsOf(list.node) : [];
  return items.map((item, index) => {
    const entry = follow(document, asNode(item));
    const cron = follow(document, childOf(entry.node, 'cron'));
    const timezone = follow(document, childOf(entry.node, 'timezone'));
    const isMerged = childOf(entry.node, '<<') !== undefined;
    return {
      index,
      node: entry.node,
      cron: isScalar(cron.node) ? cron.node : undefined,
      timezone: timezone.node,
      shared: isMerged || [triggers, list, entry, cron, timezone].some(({ shared }) => shared),
      flow: isCollection(list.node) && list.node.flow === true,
      listed: isSeq(list.node),
      unknownKey: unknownKeyOf(entry.node),
    };
  });
}

function unknownKeyOf(entry: Node | undefined): Scalar | undefined {
  const keys = isMap(entry) ? entry.items.map(({ key }) => key).filter(isScalar) : [];
  return keys.find(({ value }) => !ENTRY_KEYS.has(String(value)));
}

interface Followed {
  readonly node: Node | undefined;
  readonly shared: boolean;
}

/** What an alias points to; one step is enough, since an anchor cannot stand on an alias. */
function follow(document: Document, node: Node | undefined): Followed {
  if (isAlias(node)) return { node: node.resolve(document), shared: true };
  if (isScalar(node) || isCollection(node)) {
    return { node, shared: node.anchor !== undefined || node.tag !== undefined };
  }
  return { node, shared: false };
}

function asNode(value: unknown): Node | undefined {
  return isNode(value) ? value : undefined;
}

/** The keys that lead from the document's root to a node, given the ancestors that `visit` reports. */
export function keysOf(ancestors: readonly (Document | Node | Pair)[]): string[] {
  return ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []));
}
