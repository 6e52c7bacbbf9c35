import { isMap, type Node } from 'yaml';
import { worldOfTrigger } from './dispatch-worlds.ts';
import type { YamlSource } from './document.ts';
import { childOf, nodesUnder, scalarText, triggersOf } from './entries.ts';
import { evaluate, known, templateOf, textOf } from './partial-evaluation.ts';
import type { ReachingWorkflow } from './reached.ts';

/*
 * Other runs that can enter the concurrency group of a served run. A newcomer replaces the run that is pending there,
 * so the tick would be lost.
 */

/** A concurrency group that a served run enters, and another run that can enter it. */
export interface SharedGroup {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly group: string;
  readonly who:
    | { readonly kind: 'trigger'; readonly event: string }
    | { readonly kind: 'workflow'; readonly path: string; readonly line: number }
    | { readonly kind: 'twin' };
}

interface Group {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** `queue: max`: newcomers wait instead of replacing. */
  readonly queues: boolean;
}

/** A group whose name holds one of these belongs to a single run: no other run can enter it. */
const UNIQUE = /⟨github\.(?:run_id|run_number)⟩/;

/**
 * Triggers that start no other run in the group: a dispatch starts the served run itself, and GitHub's run for the
 * schedule is its twin. A called run has the caller's workflow name, so it enters the caller's group.
 */
const NO_OTHER_RUN: ReadonlySet<string> = new Set(['schedule', 'workflow_dispatch', 'workflow_call']);

/** Concurrency groups that other runs can enter, in called workflows too; with `twins` also the tick's own. */
export function sharedGroups(
  served: ReachingWorkflow,
  all: readonly ReachingWorkflow[],
  twins: boolean,
): readonly SharedGroup[] {
  const { file } = served.read;
  const groups = [
    ...groupsOf(file.path, served.read.source),
    ...served.reached.files.flatMap(({ path, source }) => groupsOf(path, source)),
  ].filter(({ queues }) => !queues);
  return groups.flatMap((group): readonly SharedGroup[] => {
    const name = groupName(group.text, 'workflow_dispatch', 'default branch', file.name);
    if (name === undefined || UNIQUE.test(name)) return [];
    const place = { path: group.path, line: group.line, group: group.text };
    const entering = enteringTrigger(served, group.text, name);
    if (entering !== undefined) return [{ ...place, who: { kind: 'trigger', event: entering } }];
    const other = enteringWorkflow(served, all, name);
    if (other !== undefined) {
      return [{ ...place, who: { kind: 'workflow', path: other.path, line: other.line } }];
    }
    const isTwin = twins && groupName(group.text, 'schedule', 'default branch', file.name) === name;
    return isTwin ? [{ ...place, who: { kind: 'twin' } }] : [];
  });
}

function enteringTrigger({ read }: ReachingWorkflow, group: string, name: string): string | undefined {
  return read.file.otherTriggers
    .filter((event) => !NO_OTHER_RUN.has(event))
    .find((event) => groupName(group, event, refOf(read.source, event), read.file.name) === name);
}

function enteringWorkflow(
  served: ReachingWorkflow,
  all: readonly ReachingWorkflow[],
  name: string,
): Group | undefined {
  const called = new Set(served.reached.files.map(({ path }) => path));
  return all
    .filter(({ read }) => read.file.path !== served.read.file.path && !called.has(read.file.path))
    .flatMap(({ read }) => {
      const events = [...read.file.otherTriggers, ...(read.file.schedules.length > 0 ? ['schedule'] : [])];
      return groupsOf(read.file.path, read.source).filter(({ text }) =>
        events.some((event) => groupName(text, event, refOf(read.source, event), read.file.name) === name),
      );
    })[0];
}

/** The ref of a run for this event: a workflow that only pushes of tags start runs on the tag. */
function refOf({ document }: YamlSource, event: string): 'default branch' | 'tag' {
  if (event === 'release') return 'tag';
  if (event !== 'push') return 'default branch';
  const push = childOf(triggersOf(document), 'push');
  if (!isMap(push)) return 'default branch';
  const isTagsOnly = push.has('tags') && !push.has('branches') && !push.has('branches-ignore');
  return isTagsOnly ? 'tag' : 'default branch';
}

/** The group's name for an event, as far as it is known; GitHub ignores case. */
function groupName(
  group: string,
  event: string,
  ref: 'default branch' | 'tag',
  workflowName: string,
): string | undefined {
  const world = worldOfTrigger(event, ref, workflowName);
  const parts = templateOf(group).map((piece) => {
    const value = 'text' in piece ? known(piece.text) : evaluate(piece.expression, world);
    return value && textOf(value);
  });
  return parts.includes(undefined) ? undefined : parts.join('').toLowerCase();
}

function groupsOf(path: string, source: YamlSource): readonly Group[] {
  return nodesUnder(source.document, 'concurrency').flatMap((node) => groupOf(path, source, node));
}

function groupOf(path: string, source: YamlSource, node: Node): readonly Group[] {
  const written = isMap(node) ? childOf(node, 'group') : node;
  const text = scalarText(written);
  if (text === undefined) return [];
  const queues = scalarText(childOf(node, 'queue')) === 'max';
  return [{ path, line: source.placeOf(written).line, text, queues }];
}
