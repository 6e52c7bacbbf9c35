import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { OffbeatError } from '../errors.ts';
import { readYaml, type YamlSource } from './document.ts';
import { spliced, unproven, valuesOf } from './edit.ts';
import { pairOf, triggerNames, triggersOf } from './entries.ts';
import { asItWas, keptBlock, keptLines, NOTICE, triggersOfText } from './kept-schedule.ts';
import { lowerFirst } from './lower-first.ts';
import {
  contentEnd,
  lineBreakOf,
  lineEnd,
  lineStart,
  linesOf,
  type Splice,
  startOf,
} from './source-places.ts';

/*
 * Triggers of a workflow that Offbeat starts. `workflow_dispatch` is put in where it is missing; `schedule` can be
 * taken out, and stays in the file as comment lines, so that it can be read, edited and put back byte for byte.
 */

/** `dispatch`: `workflow_dispatch` is there. `dispatch-only`: and `schedule` is taken out. */
export type ServedTriggers = 'dispatch' | 'dispatch-only';

const DISPATCH = 'workflow_dispatch';
/** Beside a trigger that Offbeat has put in; `restoreTriggers` takes out only those. */
const OWN_TRIGGER = '# for Offbeat';
const OWN_TRIGGER_LINE = /^[ \t]*workflow_dispatch: # for Offbeat\r?\n?$/;

/**
 * The file with the triggers that serving needs, every byte outside of `on:` as it was; the same text where nothing is
 * missing. Throws `workflow-refused` where the triggers are written so that they cannot be edited safely,
 * `edit-unproven` where the result does not read as intended or could not be undone.
 */
export function serveTriggers(path: string, text: string, wanted: ServedTriggers): string {
  const edited = withTriggers(path, text, wanted);
  if (edited !== text) verify(path, text, edited, wanted);
  return edited;
}

function withTriggers(path: string, text: string, wanted: ServedTriggers): string {
  const source = readYaml(text);
  const on = triggersPair(path, source);
  const names = new Set(triggerNames(on.value));
  const edit = { parks: wanted === 'dispatch-only' && names.has('schedule'), adds: !names.has(DISPATCH) };
  if (!edit.parks && !edit.adds) return text;
  const isBlock = isMap(on.value) && on.value.flow !== true;
  return isBlock ? editBlock(path, source, on.value, edit) : rewriteWhole(path, source, on, edit);
}

/** Throws `workflow-refused` where a value of `schedule` has an anchor that is used outside of it. */
function refuseSharedAnchor(path: string, { document, placeOf }: YamlSource): void {
  const schedule = pairOf(triggersOf(document), 'schedule');
  if (document === undefined || schedule === undefined) return;
  const anchored = new Map<string, Node>();
  const within = new Set<unknown>();
  for (const part of [schedule.key, schedule.value]) {
    if (!isNode(part)) continue;
    visit(part, {
      Node: (_, node) => {
        within.add(node);
        if (!isAlias(node) && node.anchor !== undefined) anchored.set(node.anchor, node);
      },
    });
  }
  visit(document, {
    Alias: (_, alias) => {
      const shared = within.has(alias) ? undefined : anchored.get(alias.source);
      if (shared === undefined) return;
      const { line, column } = placeOf(shared);
      const user = placeOf(alias).line;
      const why = `\`schedule\` holds the anchor \`&${alias.source}\`, which line ${user} refers to`;
      throw new OffbeatError(
        'workflow-refused',
        `Line ${line}, column ${column}: the triggers cannot be edited, as ${why}, and Offbeat would take it out.`,
        { where: path, fix: `Write the value out in line ${user}, in place of \`*${alias.source}\`.` },
      );
    },
  });
}

/** Undoes `serveTriggers`, however called; the same text if there is nothing to undo. Throws `edit-unproven`. */
export function restoreTriggers(path: string, text: string): string {
  const lines = linesOf(text);
  const block = keptBlock(lines);
  if (block === undefined) return withoutOwnTrigger(text);
  const kept = lines.slice(block.start, block.end).map((line) => asItWas(line));
  const head = lines.slice(0, block.start - 1).join('');
  const rest = lines.slice(block.end).join('');
  // Where the whole trigger was rewritten, the new one stands right below what was kept of the old one.
  const isWhole = triggersOfText(kept.join('')) !== undefined;
  if (!isWhole) return withoutOwnTrigger(head + kept.join('') + rest);
  const rewritten = triggersPair(path, readYaml(text));
  const restored = head + kept.join('') + text.slice(lineEnd(text, contentEnd(rewritten.pair)));
  const edits = (['dispatch', 'dispatch-only'] as const).map((wanted) =>
    withTriggers(path, restored, wanted),
  );
  if (!edits.includes(text)) throw unproven(path, 'its triggers were edited since Offbeat wrote them');
  return restored;
}

interface TriggerEdit {
  /** Whether `schedule` is taken out. */
  readonly parks: boolean;
  /** Whether `workflow_dispatch` is put in. */
  readonly adds: boolean;
}

/** Edits a mapping with a line for each trigger. */
function editBlock(path: string, { text }: YamlSource, map: YAMLMap, { parks, adds }: TriggerEdit): string {
  const schedule = pairOf(map, 'schedule');
  const anchor = schedule ?? map.items.at(-1);
  if (anchor === undefined) throw refused(path, 'no trigger stands there');
  const keyStart = startOf(anchor);
  const start = lineStart(text, keyStart);
  const indent = text.slice(start, keyStart);
  const end = lineEnd(text, contentEnd(anchor));
  if (indent.trim() !== '') throw refused(path, 'a trigger shares its line with something else');
  const eol = lineBreakOf(text);
  const before = text.slice(start, end);
  const kept = parks ? `${indent}${NOTICE}${eol}${keptLines(before, indent.length)}` : before;
  const isLast = end === text.length && !text.endsWith('\n');
  const line = `${indent}${DISPATCH}: ${OWN_TRIGGER}`;
  const added = !adds ? '' : isLast ? `${eol}${line}` : `${line}${eol}`;
  return spliced(text, [{ start, end, text: kept + added }], path);
}

/** Rewrites triggers on one line or in brackets, and keeps the old lines above the new ones. */
function rewriteWhole(path: string, { text }: YamlSource, on: OnPair, edit: TriggerEdit): string {
  const start = lineStart(text, startOf(on.pair));
  const indent = text.slice(start, startOf(on.pair));
  if (indent.trim() !== '') throw refused(path, 'it shares its line with something else');
  const eol = lineBreakOf(text);
  const before = text.slice(start, lineEnd(text, contentEnd(on.pair)));
  const closed = before.endsWith('\n') ? before : `${before}${eol}`;
  const kept = `${indent}${NOTICE}${eol}${keptLines(closed, indent.length)}`;
  const splices = triggerSplices(path, text, on.value, edit);
  return spliced(text, [{ start, end: start, text: kept }, ...splices], path);
}

function triggerSplices(path: string, text: string, value: Node, { parks, adds }: TriggerEdit): Splice[] {
  if (isScalar(value)) {
    const [start, end] = [startOf(value), contentEnd(value)];
    return [{ start, end, text: `[${text.slice(start, end)}, ${DISPATCH}]` }];
  }
  if (isSeq(value)) return [addedItem(path, value, DISPATCH, text)];
  if (!isMap(value)) throw refused(path, 'they are neither a text, a list nor a mapping');
  const pair = pairOf(value, 'schedule');
  if (!parks || pair === undefined) return [addedItem(path, value, `${DISPATCH}: {}`, text)];
  const own = { start: startOf(pair), end: contentEnd(pair) };
  // The new trigger takes the place of the schedule; without one, a neighbouring comma goes too.
  if (adds) return [{ ...own, text: `${DISPATCH}: {}` }];
  const at = value.items.indexOf(pair);
  const next = value.items[at + 1];
  const previous = value.items[at - 1];
  if (next !== undefined) return [{ start: own.start, end: startOf(next), text: '' }];
  return [{ start: previous === undefined ? own.start : contentEnd(previous), end: own.end, text: '' }];
}

/** A splice behind the last item of a list or mapping. */
function addedItem(path: string, list: YAMLSeq | YAMLMap, item: string, text: string): Splice {
  const last = list.items.at(-1);
  if (last === undefined) throw refused(path, 'no trigger stands there');
  const end = contentEnd(last);
  if (list.flow === true) return { start: end, end, text: `, ${item}` };
  const start = lineStart(text, startOf(last));
  const dash = /^[ \t]*-[ \t]+/.exec(text.slice(start))?.[0];
  if (dash === undefined) throw refused(path, 'an item shares its line with something else');
  const close = text.indexOf('\n', end);
  const at = close === -1 ? text.length : close;
  const place = at > 0 && text[at - 1] === '\r' ? at - 1 : at;
  return { start: place, end: place, text: `${lineBreakOf(text)}${dash}${item}` };
}

/** Takes out a trigger that Offbeat has put in, unless somebody has written below it since. */
function withoutOwnTrigger(text: string): string {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => OWN_TRIGGER_LINE.test(line));
  const line = lines[at];
  if (line === undefined || line === '') return text;
  const depth = line.length - line.trimStart().length;
  const next = lines.slice(at + 1).find((other) => !/^\s*(?:#.*)?$/.test(other.trimEnd()));
  if (next !== undefined && next.length - next.trimStart().length > depth) return text;
  const before = lines.slice(0, at).join('');
  const isLast = at === lines.length - 1 && !line.endsWith('\n');
  return (isLast ? before.replace(/\r?\n$/, '') : before) + lines.slice(at + 1).join('');
}

/** Throws unless only the triggers differ, they read as wanted, and the edit can be undone. */
function verify(path: string, text: string, edited: string, wanted: ServedTriggers): void {
  const parks = wanted === 'dispatch-only';
  const before = readYaml(text);
  const after = readYaml(edited);
  if (after.refusal !== undefined) {
    refuseSharedAnchor(path, before);
    throw unproven(path, `in the result, ${lowerFirst(after.refusal.sentence)}`);
  }
  const names = triggerNames(triggersPair(path, after).value);
  const stays = triggerNames(triggersPair(path, before).value).filter(
    (name) => !(parks && name === 'schedule'),
  );
  const expected = new Set([...stays, DISPATCH]);
  if (names.length !== expected.size || names.some((name) => !expected.has(name)))
    throw unproven(path, 'its triggers do not read as intended afterwards');
  if (valuesBeside(before) !== valuesBeside(after))
    throw unproven(path, 'another value than its triggers would change');
  if (restoreTriggers(path, edited) !== text) throw unproven(path, 'it could not be undone');
}

/** Every value of the file but the two triggers, as one text. */
function valuesBeside(source: YamlSource): string {
  const { document } = source;
  if (document === undefined) return '';
  const copy = document.clone();
  const on = triggersOf(copy);
  const root = copy.contents;
  if (isMap(on)) {
    on.delete('schedule');
    on.delete(DISPATCH);
  } else if (isMap(root)) {
    root.delete('on');
  }
  return JSON.stringify(valuesOf({ source: { ...source, document: copy } }, new Map()));
}

interface OnPair {
  readonly pair: Pair;
  readonly value: Node;
}

function triggersPair(path: string, source: YamlSource): OnPair {
  if (source.refusal !== undefined) {
    throw new OffbeatError('workflow-refused', source.refusal.sentence, { where: path });
  }
  const pair = pairOf(source.document?.contents, 'on');
  const value = pair?.value;
  if (pair === undefined || !(isScalar(value) || isCollection(value)))
    throw refused(path, 'they are not written out');
  if (value.anchor !== undefined || value.tag !== undefined)
    throw refused(path, 'an anchor or a tag stands before them');
  if (isMap(value) && value.has('<<')) throw refused(path, 'a merge key stands among them');
  if (isScalar(value) && typeof value.value !== 'string') throw refused(path, 'no trigger stands there');
  return { pair, value };
}

function refused(path: string, why: string): OffbeatError {
  return new OffbeatError('workflow-refused', `The triggers cannot be edited: ${why}.`, {
    where: path,
    fix: 'Write `on:` with a line for each trigger.',
  });
}
